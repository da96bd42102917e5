/**
 * What each id of the predecessor has to come to, derived once from its own catalog (December 2025 and August 2026) with
 * the server's key table of August 2026 and its prices over it, independently of the tables under test.
 *
 * One id a line: ratio, seconds, size, then per number of pictures (`v` = a source video) the key, price and price of
 * the upscale step for free, pro and ultra accounts; `-` = cannot, `?` = no known price.
 */
const ids = `
gemini-2.5-flash-image-landscape 16:9 - 1k 0=GEM_PIX@0,GEM_PIX@0,GEM_PIX@0 1=GEM_PIX@0,GEM_PIX@0,GEM_PIX@0 10=GEM_PIX@0,GEM_PIX@0,GEM_PIX@0
gemini-2.5-flash-image-portrait 9:16 - 1k 0=GEM_PIX@0,GEM_PIX@0,GEM_PIX@0 1=GEM_PIX@0,GEM_PIX@0,GEM_PIX@0 10=GEM_PIX@0,GEM_PIX@0,GEM_PIX@0
veo_2_1_fast_d_15_t2v_portrait 9:16 8 720p 0=veo_2_1_fast_d_15_t2v@?,veo_2_1_fast_d_15_t2v@?,veo_2_1_fast_d_15_t2v@?
veo_2_1_fast_d_15_t2v_landscape 16:9 8 720p 0=veo_2_1_fast_d_15_t2v@?,veo_2_1_fast_d_15_t2v@?,veo_2_1_fast_d_15_t2v@?
veo_2_0_t2v_portrait 9:16 8 720p 0=veo_2_0_t2v@?,veo_2_0_t2v@?,veo_2_0_t2v@?
veo_2_0_t2v_landscape 16:9 8 720p 0=veo_2_0_t2v@?,veo_2_0_t2v@?,veo_2_0_t2v@?
veo_3_1_i2v_s_fast_fl_portrait 9:16 8 720p 1=veo_3_1_i2v_s_fast_portrait@20,veo_3_1_i2v_s_fast_portrait@20,veo_3_1_i2v_s_fast_portrait_ultra@10 2=veo_3_1_i2v_s_fast_portrait_fl@20,veo_3_1_i2v_s_fast_portrait_fl@20,veo_3_1_i2v_s_fast_portrait_ultra_fl@10
veo_3_1_i2v_s_fast_fl_landscape 16:9 8 720p 1=veo_3_1_i2v_s_fast@20,veo_3_1_i2v_s_fast@20,veo_3_1_i2v_s_fast_ultra@10 2=veo_3_1_i2v_s_fast_fl@20,veo_3_1_i2v_s_fast_fl@20,veo_3_1_i2v_s_fast_ultra_fl@10
veo_2_1_fast_d_15_i2v_portrait 9:16 8 720p 1=veo_2_1_fast_d_15_i2v@?,veo_2_1_fast_d_15_i2v@?,veo_2_1_fast_d_15_i2v@? 2=veo_2_1_fast_d_15_i2v@?,veo_2_1_fast_d_15_i2v@?,veo_2_1_fast_d_15_i2v@?
veo_2_1_fast_d_15_i2v_landscape 16:9 8 720p 1=veo_2_1_fast_d_15_i2v@?,veo_2_1_fast_d_15_i2v@?,veo_2_1_fast_d_15_i2v@? 2=veo_2_1_fast_d_15_i2v@?,veo_2_1_fast_d_15_i2v@?,veo_2_1_fast_d_15_i2v@?
veo_2_0_i2v_portrait 9:16 8 720p 1=veo_2_0_i2v@?,veo_2_0_i2v@?,veo_2_0_i2v@? 2=veo_2_0_i2v@?,veo_2_0_i2v@?,veo_2_0_i2v@?
veo_2_0_i2v_landscape 16:9 8 720p 1=veo_2_0_i2v@?,veo_2_0_i2v@?,veo_2_0_i2v@? 2=veo_2_0_i2v@?,veo_2_0_i2v@?,veo_2_0_i2v@?
veo_3_0_r2v_fast_portrait 9:16 8 720p 1=veo_3_0_r2v_fast@?,veo_3_0_r2v_fast@?,veo_3_0_r2v_fast@? 3=veo_3_0_r2v_fast@?,veo_3_0_r2v_fast@?,veo_3_0_r2v_fast@?
veo_3_0_r2v_fast_landscape 16:9 8 720p 1=veo_3_0_r2v_fast@?,veo_3_0_r2v_fast@?,veo_3_0_r2v_fast@? 3=veo_3_0_r2v_fast@?,veo_3_0_r2v_fast@?,veo_3_0_r2v_fast@?
gemini-3.0-pro-image-landscape 16:9 - 1k 0=GEM_PIX_2@0,GEM_PIX_2@0,GEM_PIX_2@0 1=GEM_PIX_2@0,GEM_PIX_2@0,GEM_PIX_2@0 10=GEM_PIX_2@0,GEM_PIX_2@0,GEM_PIX_2@0
gemini-3.0-pro-image-portrait 9:16 - 1k 0=GEM_PIX_2@0,GEM_PIX_2@0,GEM_PIX_2@0 1=GEM_PIX_2@0,GEM_PIX_2@0,GEM_PIX_2@0 10=GEM_PIX_2@0,GEM_PIX_2@0,GEM_PIX_2@0
gemini-3.0-pro-image-square 1:1 - 1k 0=GEM_PIX_2@0,GEM_PIX_2@0,GEM_PIX_2@0 1=GEM_PIX_2@0,GEM_PIX_2@0,GEM_PIX_2@0 10=GEM_PIX_2@0,GEM_PIX_2@0,GEM_PIX_2@0
gemini-3.0-pro-image-four-three 4:3 - 1k 0=GEM_PIX_2@0,GEM_PIX_2@0,GEM_PIX_2@0 1=GEM_PIX_2@0,GEM_PIX_2@0,GEM_PIX_2@0 10=GEM_PIX_2@0,GEM_PIX_2@0,GEM_PIX_2@0
gemini-3.0-pro-image-three-four 3:4 - 1k 0=GEM_PIX_2@0,GEM_PIX_2@0,GEM_PIX_2@0 1=GEM_PIX_2@0,GEM_PIX_2@0,GEM_PIX_2@0 10=GEM_PIX_2@0,GEM_PIX_2@0,GEM_PIX_2@0
gemini-3.0-pro-image-landscape-2k 16:9 - 2k 0=-,GEM_PIX_2@0+0,GEM_PIX_2@0+0 1=-,GEM_PIX_2@0+0,GEM_PIX_2@0+0 10=-,GEM_PIX_2@0+0,GEM_PIX_2@0+0
gemini-3.0-pro-image-portrait-2k 9:16 - 2k 0=-,GEM_PIX_2@0+0,GEM_PIX_2@0+0 1=-,GEM_PIX_2@0+0,GEM_PIX_2@0+0 10=-,GEM_PIX_2@0+0,GEM_PIX_2@0+0
gemini-3.0-pro-image-square-2k 1:1 - 2k 0=-,GEM_PIX_2@0+0,GEM_PIX_2@0+0 1=-,GEM_PIX_2@0+0,GEM_PIX_2@0+0 10=-,GEM_PIX_2@0+0,GEM_PIX_2@0+0
gemini-3.0-pro-image-four-three-2k 4:3 - 2k 0=-,GEM_PIX_2@0+0,GEM_PIX_2@0+0 1=-,GEM_PIX_2@0+0,GEM_PIX_2@0+0 10=-,GEM_PIX_2@0+0,GEM_PIX_2@0+0
gemini-3.0-pro-image-three-four-2k 3:4 - 2k 0=-,GEM_PIX_2@0+0,GEM_PIX_2@0+0 1=-,GEM_PIX_2@0+0,GEM_PIX_2@0+0 10=-,GEM_PIX_2@0+0,GEM_PIX_2@0+0
gemini-3.0-pro-image-landscape-4k 16:9 - 4k 0=-,-,GEM_PIX_2@0+0 1=-,-,GEM_PIX_2@0+0 10=-,-,GEM_PIX_2@0+0
gemini-3.0-pro-image-portrait-4k 9:16 - 4k 0=-,-,GEM_PIX_2@0+0 1=-,-,GEM_PIX_2@0+0 10=-,-,GEM_PIX_2@0+0
gemini-3.0-pro-image-square-4k 1:1 - 4k 0=-,-,GEM_PIX_2@0+0 1=-,-,GEM_PIX_2@0+0 10=-,-,GEM_PIX_2@0+0
gemini-3.0-pro-image-four-three-4k 4:3 - 4k 0=-,-,GEM_PIX_2@0+0 1=-,-,GEM_PIX_2@0+0 10=-,-,GEM_PIX_2@0+0
gemini-3.0-pro-image-three-four-4k 3:4 - 4k 0=-,-,GEM_PIX_2@0+0 1=-,-,GEM_PIX_2@0+0 10=-,-,GEM_PIX_2@0+0
imagen-4.0-generate-preview-landscape 16:9 - 1k 0=IMAGEN_3_5@0,IMAGEN_3_5@0,IMAGEN_3_5@0 1=IMAGEN_3_5@0,IMAGEN_3_5@0,IMAGEN_3_5@0 3=IMAGEN_3_5@0,IMAGEN_3_5@0,IMAGEN_3_5@0
imagen-4.0-generate-preview-portrait 9:16 - 1k 0=IMAGEN_3_5@0,IMAGEN_3_5@0,IMAGEN_3_5@0 1=IMAGEN_3_5@0,IMAGEN_3_5@0,IMAGEN_3_5@0 3=IMAGEN_3_5@0,IMAGEN_3_5@0,IMAGEN_3_5@0
gemini-3.1-flash-image-landscape 16:9 - 1k 0=NARWHAL@0,NARWHAL@0,NARWHAL@0 1=NARWHAL@0,NARWHAL@0,NARWHAL@0 10=NARWHAL@0,NARWHAL@0,NARWHAL@0
gemini-3.1-flash-image-portrait 9:16 - 1k 0=NARWHAL@0,NARWHAL@0,NARWHAL@0 1=NARWHAL@0,NARWHAL@0,NARWHAL@0 10=NARWHAL@0,NARWHAL@0,NARWHAL@0
gemini-3.1-flash-image-square 1:1 - 1k 0=NARWHAL@0,NARWHAL@0,NARWHAL@0 1=NARWHAL@0,NARWHAL@0,NARWHAL@0 10=NARWHAL@0,NARWHAL@0,NARWHAL@0
gemini-3.1-flash-image-four-three 4:3 - 1k 0=NARWHAL@0,NARWHAL@0,NARWHAL@0 1=NARWHAL@0,NARWHAL@0,NARWHAL@0 10=NARWHAL@0,NARWHAL@0,NARWHAL@0
gemini-3.1-flash-image-three-four 3:4 - 1k 0=NARWHAL@0,NARWHAL@0,NARWHAL@0 1=NARWHAL@0,NARWHAL@0,NARWHAL@0 10=NARWHAL@0,NARWHAL@0,NARWHAL@0
gemini-3.1-flash-image-landscape-2k 16:9 - 2k 0=-,NARWHAL@0+0,NARWHAL@0+0 1=-,NARWHAL@0+0,NARWHAL@0+0 10=-,NARWHAL@0+0,NARWHAL@0+0
gemini-3.1-flash-image-portrait-2k 9:16 - 2k 0=-,NARWHAL@0+0,NARWHAL@0+0 1=-,NARWHAL@0+0,NARWHAL@0+0 10=-,NARWHAL@0+0,NARWHAL@0+0
gemini-3.1-flash-image-square-2k 1:1 - 2k 0=-,NARWHAL@0+0,NARWHAL@0+0 1=-,NARWHAL@0+0,NARWHAL@0+0 10=-,NARWHAL@0+0,NARWHAL@0+0
gemini-3.1-flash-image-four-three-2k 4:3 - 2k 0=-,NARWHAL@0+0,NARWHAL@0+0 1=-,NARWHAL@0+0,NARWHAL@0+0 10=-,NARWHAL@0+0,NARWHAL@0+0
gemini-3.1-flash-image-three-four-2k 3:4 - 2k 0=-,NARWHAL@0+0,NARWHAL@0+0 1=-,NARWHAL@0+0,NARWHAL@0+0 10=-,NARWHAL@0+0,NARWHAL@0+0
gemini-3.1-flash-image-landscape-4k 16:9 - 4k 0=-,-,NARWHAL@0+0 1=-,-,NARWHAL@0+0 10=-,-,NARWHAL@0+0
gemini-3.1-flash-image-portrait-4k 9:16 - 4k 0=-,-,NARWHAL@0+0 1=-,-,NARWHAL@0+0 10=-,-,NARWHAL@0+0
gemini-3.1-flash-image-square-4k 1:1 - 4k 0=-,-,NARWHAL@0+0 1=-,-,NARWHAL@0+0 10=-,-,NARWHAL@0+0
gemini-3.1-flash-image-four-three-4k 4:3 - 4k 0=-,-,NARWHAL@0+0 1=-,-,NARWHAL@0+0 10=-,-,NARWHAL@0+0
gemini-3.1-flash-image-three-four-4k 3:4 - 4k 0=-,-,NARWHAL@0+0 1=-,-,NARWHAL@0+0 10=-,-,NARWHAL@0+0
veo_3_1_t2v_fast_portrait 9:16 8 720p 0=veo_3_1_t2v_fast_portrait@20,veo_3_1_t2v_fast_portrait@20,veo_3_1_t2v_fast_portrait_ultra@10
veo_3_1_t2v_fast_landscape 16:9 8 720p 0=veo_3_1_t2v_fast@20,veo_3_1_t2v_fast@20,veo_3_1_t2v_fast_ultra@10
veo_3_1_t2v_fast_portrait_ultra 9:16 8 720p 0=-,-,veo_3_1_t2v_fast_portrait_ultra@10
veo_3_1_t2v_fast_ultra 16:9 8 720p 0=-,-,veo_3_1_t2v_fast_ultra@10
veo_3_1_t2v_fast_portrait_ultra_relaxed 9:16 8 720p 0=-,-,veo_3_1_t2v_fast_portrait_ultra_relaxed@?
veo_3_1_t2v_fast_ultra_relaxed 16:9 8 720p 0=-,-,veo_3_1_t2v_fast_ultra_relaxed@?
veo_3_1_t2v_portrait 9:16 8 720p 0=veo_3_1_t2v_portrait@100,veo_3_1_t2v_portrait@100,veo_3_1_t2v_portrait@100
veo_3_1_t2v_landscape 16:9 8 720p 0=veo_3_1_t2v@100,veo_3_1_t2v@100,veo_3_1_t2v@100
veo_3_1_t2v_lite_portrait 9:16 8 720p 0=veo_3_1_t2v_lite@10,veo_3_1_t2v_lite@10,veo_3_1_t2v_lite@5
veo_3_1_t2v_lite_landscape 16:9 8 720p 0=veo_3_1_t2v_lite@10,veo_3_1_t2v_lite@10,veo_3_1_t2v_lite@5
veo_3_1_i2v_s_fast_portrait_fl 9:16 8 720p 1=veo_3_1_i2v_s_fast_portrait@20,veo_3_1_i2v_s_fast_portrait@20,veo_3_1_i2v_s_fast_portrait_ultra@10 2=veo_3_1_i2v_s_fast_portrait_fl@20,veo_3_1_i2v_s_fast_portrait_fl@20,veo_3_1_i2v_s_fast_portrait_ultra_fl@10
veo_3_1_i2v_s_fast_fl 16:9 8 720p 1=veo_3_1_i2v_s_fast@20,veo_3_1_i2v_s_fast@20,veo_3_1_i2v_s_fast_ultra@10 2=veo_3_1_i2v_s_fast_fl@20,veo_3_1_i2v_s_fast_fl@20,veo_3_1_i2v_s_fast_ultra_fl@10
veo_3_1_i2v_s_fast_portrait_ultra_fl 9:16 8 720p 1=-,-,veo_3_1_i2v_s_fast_portrait_ultra@10 2=-,-,veo_3_1_i2v_s_fast_portrait_ultra_fl@10
veo_3_1_i2v_s_fast_ultra_fl 16:9 8 720p 1=-,-,veo_3_1_i2v_s_fast_ultra@10 2=-,-,veo_3_1_i2v_s_fast_ultra_fl@10
veo_3_1_i2v_s_fast_portrait_ultra_relaxed 9:16 8 720p 1=-,-,veo_3_1_i2v_s_fast_portrait_ultra_relaxed@? 2=-,-,veo_3_1_i2v_s_fast_portrait_fl_ultra_relaxed@?
veo_3_1_i2v_s_fast_ultra_relaxed 16:9 8 720p 1=-,-,veo_3_1_i2v_s_fast_ultra_relaxed@? 2=-,-,veo_3_1_i2v_s_fast_fl_ultra_relaxed@?
veo_3_1_i2v_s_portrait 9:16 8 720p 1=veo_3_1_i2v_s_portrait@100,veo_3_1_i2v_s_portrait@100,veo_3_1_i2v_s_portrait@100 2=veo_3_1_i2v_s_portrait_fl@100,veo_3_1_i2v_s_portrait_fl@100,veo_3_1_i2v_s_portrait_fl@100
veo_3_1_i2v_s_landscape 16:9 8 720p 1=veo_3_1_i2v_s@100,veo_3_1_i2v_s@100,veo_3_1_i2v_s@100 2=veo_3_1_i2v_s_fl@100,veo_3_1_i2v_s_fl@100,veo_3_1_i2v_s_fl@100
veo_3_1_i2v_lite_portrait 9:16 8 720p 1=veo_3_1_i2v_lite@10,veo_3_1_i2v_lite@10,veo_3_1_i2v_lite@5
veo_3_1_i2v_lite_landscape 16:9 8 720p 1=veo_3_1_i2v_lite@10,veo_3_1_i2v_lite@10,veo_3_1_i2v_lite@5
veo_3_1_interpolation_lite_portrait 9:16 8 720p 2=veo_3_1_interpolation_lite@10,veo_3_1_interpolation_lite@10,veo_3_1_interpolation_lite@5
veo_3_1_interpolation_lite_landscape 16:9 8 720p 2=veo_3_1_interpolation_lite@10,veo_3_1_interpolation_lite@10,veo_3_1_interpolation_lite@5
veo_3_1_r2v_fast_portrait 9:16 8 720p 1=veo_3_1_r2v_fast_portrait@20,veo_3_1_r2v_fast_portrait@20,veo_3_1_r2v_fast_portrait_ultra@10 3=veo_3_1_r2v_fast_portrait@20,veo_3_1_r2v_fast_portrait@20,veo_3_1_r2v_fast_portrait_ultra@10
veo_3_1_r2v_fast 16:9 8 720p 1=veo_3_1_r2v_fast_landscape@20,veo_3_1_r2v_fast_landscape@20,veo_3_1_r2v_fast_landscape_ultra@10 3=veo_3_1_r2v_fast_landscape@20,veo_3_1_r2v_fast_landscape@20,veo_3_1_r2v_fast_landscape_ultra@10
veo_3_1_r2v_fast_portrait_ultra 9:16 8 720p 1=-,-,veo_3_1_r2v_fast_portrait_ultra@10 3=-,-,veo_3_1_r2v_fast_portrait_ultra@10
veo_3_1_r2v_fast_ultra 16:9 8 720p 1=-,-,veo_3_1_r2v_fast_landscape_ultra@10 3=-,-,veo_3_1_r2v_fast_landscape_ultra@10
veo_3_1_r2v_fast_portrait_ultra_relaxed 9:16 8 720p 1=-,-,veo_3_1_r2v_fast_portrait_ultra_relaxed@? 3=-,-,veo_3_1_r2v_fast_portrait_ultra_relaxed@?
veo_3_1_r2v_fast_ultra_relaxed 16:9 8 720p 1=-,-,veo_3_1_r2v_fast_landscape_ultra_relaxed@? 3=-,-,veo_3_1_r2v_fast_landscape_ultra_relaxed@?
veo_3_1_t2v_fast_portrait_4k 9:16 8 4k 0=-,-,veo_3_1_t2v_fast_portrait_ultra@10+50
veo_3_1_t2v_fast_4k 16:9 8 4k 0=-,-,veo_3_1_t2v_fast_ultra@10+50
veo_3_1_t2v_fast_portrait_ultra_4k 9:16 8 4k 0=-,-,veo_3_1_t2v_fast_portrait_ultra@10+50
veo_3_1_t2v_fast_ultra_4k 16:9 8 4k 0=-,-,veo_3_1_t2v_fast_ultra@10+50
veo_3_1_t2v_fast_portrait_1080p 9:16 8 1080p 0=-,veo_3_1_t2v_fast_portrait@20+0,veo_3_1_t2v_fast_portrait_ultra@10+0
veo_3_1_t2v_fast_1080p 16:9 8 1080p 0=-,veo_3_1_t2v_fast@20+0,veo_3_1_t2v_fast_ultra@10+0
veo_3_1_t2v_fast_portrait_ultra_1080p 9:16 8 1080p 0=-,-,veo_3_1_t2v_fast_portrait_ultra@10+0
veo_3_1_t2v_fast_ultra_1080p 16:9 8 1080p 0=-,-,veo_3_1_t2v_fast_ultra@10+0
veo_3_1_i2v_s_fast_portrait_ultra_fl_4k 9:16 8 4k 1=-,-,veo_3_1_i2v_s_fast_portrait_ultra@10+50 2=-,-,veo_3_1_i2v_s_fast_portrait_ultra_fl@10+50
veo_3_1_i2v_s_fast_ultra_fl_4k 16:9 8 4k 1=-,-,veo_3_1_i2v_s_fast_ultra@10+50 2=-,-,veo_3_1_i2v_s_fast_ultra_fl@10+50
veo_3_1_i2v_s_fast_portrait_ultra_fl_1080p 9:16 8 1080p 1=-,-,veo_3_1_i2v_s_fast_portrait_ultra@10+0 2=-,-,veo_3_1_i2v_s_fast_portrait_ultra_fl@10+0
veo_3_1_i2v_s_fast_ultra_fl_1080p 16:9 8 1080p 1=-,-,veo_3_1_i2v_s_fast_ultra@10+0 2=-,-,veo_3_1_i2v_s_fast_ultra_fl@10+0
veo_3_1_r2v_fast_portrait_ultra_4k 9:16 8 4k 1=-,-,veo_3_1_r2v_fast_portrait_ultra@10+50 3=-,-,veo_3_1_r2v_fast_portrait_ultra@10+50
veo_3_1_r2v_fast_ultra_4k 16:9 8 4k 1=-,-,veo_3_1_r2v_fast_landscape_ultra@10+50 3=-,-,veo_3_1_r2v_fast_landscape_ultra@10+50
veo_3_1_r2v_fast_portrait_ultra_1080p 9:16 8 1080p 1=-,-,veo_3_1_r2v_fast_portrait_ultra@10+0 3=-,-,veo_3_1_r2v_fast_portrait_ultra@10+0
veo_3_1_r2v_fast_ultra_1080p 16:9 8 1080p 1=-,-,veo_3_1_r2v_fast_landscape_ultra@10+0 3=-,-,veo_3_1_r2v_fast_landscape_ultra@10+0
veo_3_1_extend_portrait 9:16 8 720p v=veo_3_1_extend_portrait@100,veo_3_1_extend_portrait@100,veo_3_1_extend_portrait@100
veo_3_1_extend 16:9 8 720p v=veo_3_1_extend_landscape@100,veo_3_1_extend_landscape@100,veo_3_1_extend_landscape@100
omni 16:9 8 720p 0=abra_t2v_8s@12,abra_t2v_8s@12,abra_t2v_8s@12 1=abra_r2v_8s@12,abra_r2v_8s@12,abra_r2v_8s@12 7=abra_r2v_8s@12,abra_r2v_8s@12,abra_r2v_8s@12
omni_portrait 9:16 8 720p 0=abra_t2v_8s@12,abra_t2v_8s@12,abra_t2v_8s@12 1=abra_r2v_8s@12,abra_r2v_8s@12,abra_r2v_8s@12 7=abra_r2v_8s@12,abra_r2v_8s@12,abra_r2v_8s@12
veo_3_1_t2v_fast_4s 16:9 4 720p 0=-,-,veo_3_1_t2v_fast_4s@10
veo_3_1_t2v_fast_portrait_4s 9:16 4 720p 0=-,-,veo_3_1_t2v_fast_4s@10
veo_3_1_t2v_lite_4s_landscape 16:9 4 720p 0=-,-,veo_3_1_t2v_lite_4s@5
veo_3_1_t2v_lite_4s_portrait 9:16 4 720p 0=-,-,veo_3_1_t2v_lite_4s@5
veo_3_1_t2v_4s 16:9 4 720p 0=-,-,veo_3_1_t2v_quality_4s@100
veo_3_1_t2v_portrait_4s 9:16 4 720p 0=-,-,veo_3_1_t2v_quality_4s@100
veo_3_1_i2v_s_fast_4s_fl 16:9 4 720p 1=-,-,veo_3_1_i2v_s_fast_4s@10 2=-,-,veo_3_1_i2v_s_fast_4s_fl@10
veo_3_1_i2v_s_fast_portrait_4s_fl 9:16 4 720p 1=-,-,veo_3_1_i2v_s_fast_4s@10 2=-,-,veo_3_1_i2v_s_fast_4s_fl@10
veo_3_1_i2v_lite_4s_landscape 16:9 4 720p 1=-,-,veo_3_1_i2v_s_lite_4s@5
veo_3_1_i2v_lite_4s_portrait 9:16 4 720p 1=-,-,veo_3_1_i2v_s_lite_4s@5
veo_3_1_interpolation_lite_4s_landscape 16:9 4 720p 2=-,-,veo_3_1_i2v_s_lite_4s_fl@5
veo_3_1_interpolation_lite_4s_portrait 9:16 4 720p 2=-,-,veo_3_1_i2v_s_lite_4s_fl@5
veo_3_1_i2v_s_4s 16:9 4 720p 1=-,-,veo_3_1_i2v_s_quality_4s@100 2=-,-,veo_3_1_i2v_s_quality_4s_fl@100
veo_3_1_i2v_s_portrait_4s 9:16 4 720p 1=-,-,veo_3_1_i2v_s_quality_4s@100 2=-,-,veo_3_1_i2v_s_quality_4s_fl@100
veo_3_1_t2v_4s_4k 16:9 4 4k 0=-,-,veo_3_1_t2v_quality_4s@100+50
veo_3_1_t2v_portrait_4s_4k 9:16 4 4k 0=-,-,veo_3_1_t2v_quality_4s@100+50
veo_3_1_i2v_s_4s_4k 16:9 4 4k 1=-,-,veo_3_1_i2v_s_quality_4s@100+50 2=-,-,veo_3_1_i2v_s_quality_4s_fl@100+50
veo_3_1_i2v_s_portrait_4s_4k 9:16 4 4k 1=-,-,veo_3_1_i2v_s_quality_4s@100+50 2=-,-,veo_3_1_i2v_s_quality_4s_fl@100+50
veo_3_1_t2v_4s_1080p 16:9 4 1080p 0=-,-,veo_3_1_t2v_quality_4s@100+0
veo_3_1_t2v_portrait_4s_1080p 9:16 4 1080p 0=-,-,veo_3_1_t2v_quality_4s@100+0
veo_3_1_i2v_s_4s_1080p 16:9 4 1080p 1=-,-,veo_3_1_i2v_s_quality_4s@100+0 2=-,-,veo_3_1_i2v_s_quality_4s_fl@100+0
veo_3_1_i2v_s_portrait_4s_1080p 9:16 4 1080p 1=-,-,veo_3_1_i2v_s_quality_4s@100+0 2=-,-,veo_3_1_i2v_s_quality_4s_fl@100+0
veo_3_1_t2v_fast_6s 16:9 6 720p 0=-,-,veo_3_1_t2v_fast_6s@10
veo_3_1_t2v_fast_portrait_6s 9:16 6 720p 0=-,-,veo_3_1_t2v_fast_6s@10
veo_3_1_t2v_lite_6s_landscape 16:9 6 720p 0=-,-,veo_3_1_t2v_lite_6s@5
veo_3_1_t2v_lite_6s_portrait 9:16 6 720p 0=-,-,veo_3_1_t2v_lite_6s@5
veo_3_1_t2v_6s 16:9 6 720p 0=-,-,veo_3_1_t2v_quality_6s@100
veo_3_1_t2v_portrait_6s 9:16 6 720p 0=-,-,veo_3_1_t2v_quality_6s@100
veo_3_1_i2v_s_fast_6s_fl 16:9 6 720p 1=-,-,veo_3_1_i2v_s_fast_6s@10 2=-,-,veo_3_1_i2v_s_fast_6s_fl@10
veo_3_1_i2v_s_fast_portrait_6s_fl 9:16 6 720p 1=-,-,veo_3_1_i2v_s_fast_6s@10 2=-,-,veo_3_1_i2v_s_fast_6s_fl@10
veo_3_1_i2v_lite_6s_landscape 16:9 6 720p 1=-,-,veo_3_1_i2v_s_lite_6s@5
veo_3_1_i2v_lite_6s_portrait 9:16 6 720p 1=-,-,veo_3_1_i2v_s_lite_6s@5
veo_3_1_interpolation_lite_6s_landscape 16:9 6 720p 2=-,-,veo_3_1_i2v_s_lite_6s_fl@5
veo_3_1_interpolation_lite_6s_portrait 9:16 6 720p 2=-,-,veo_3_1_i2v_s_lite_6s_fl@5
veo_3_1_i2v_s_6s 16:9 6 720p 1=-,-,veo_3_1_i2v_s_quality_6s@100 2=-,-,veo_3_1_i2v_s_quality_6s_fl@100
veo_3_1_i2v_s_portrait_6s 9:16 6 720p 1=-,-,veo_3_1_i2v_s_quality_6s@100 2=-,-,veo_3_1_i2v_s_quality_6s_fl@100
veo_3_1_t2v_6s_4k 16:9 6 4k 0=-,-,veo_3_1_t2v_quality_6s@100+50
veo_3_1_t2v_portrait_6s_4k 9:16 6 4k 0=-,-,veo_3_1_t2v_quality_6s@100+50
veo_3_1_i2v_s_6s_4k 16:9 6 4k 1=-,-,veo_3_1_i2v_s_quality_6s@100+50 2=-,-,veo_3_1_i2v_s_quality_6s_fl@100+50
veo_3_1_i2v_s_portrait_6s_4k 9:16 6 4k 1=-,-,veo_3_1_i2v_s_quality_6s@100+50 2=-,-,veo_3_1_i2v_s_quality_6s_fl@100+50
veo_3_1_t2v_6s_1080p 16:9 6 1080p 0=-,-,veo_3_1_t2v_quality_6s@100+0
veo_3_1_t2v_portrait_6s_1080p 9:16 6 1080p 0=-,-,veo_3_1_t2v_quality_6s@100+0
veo_3_1_i2v_s_6s_1080p 16:9 6 1080p 1=-,-,veo_3_1_i2v_s_quality_6s@100+0 2=-,-,veo_3_1_i2v_s_quality_6s_fl@100+0
veo_3_1_i2v_s_portrait_6s_1080p 9:16 6 1080p 1=-,-,veo_3_1_i2v_s_quality_6s@100+0 2=-,-,veo_3_1_i2v_s_quality_6s_fl@100+0
veo_3_1_t2v_4k 16:9 8 4k 0=-,-,veo_3_1_t2v@100+50
veo_3_1_t2v_portrait_4k 9:16 8 4k 0=-,-,veo_3_1_t2v_portrait@100+50
veo_3_1_i2v_s_4k 16:9 8 4k 1=-,-,veo_3_1_i2v_s@100+50 2=-,-,veo_3_1_i2v_s_fl@100+50
veo_3_1_i2v_s_portrait_4k 9:16 8 4k 1=-,-,veo_3_1_i2v_s_portrait@100+50 2=-,-,veo_3_1_i2v_s_portrait_fl@100+50
veo_3_1_t2v_1080p 16:9 8 1080p 0=-,veo_3_1_t2v@100+0,veo_3_1_t2v@100+0
veo_3_1_t2v_portrait_1080p 9:16 8 1080p 0=-,veo_3_1_t2v_portrait@100+0,veo_3_1_t2v_portrait@100+0
veo_3_1_i2v_s_1080p 16:9 8 1080p 1=-,veo_3_1_i2v_s@100+0,veo_3_1_i2v_s@100+0 2=-,veo_3_1_i2v_s_fl@100+0,veo_3_1_i2v_s_fl@100+0
veo_3_1_i2v_s_portrait_1080p 9:16 8 1080p 1=-,veo_3_1_i2v_s_portrait@100+0,veo_3_1_i2v_s_portrait@100+0 2=-,veo_3_1_i2v_s_portrait_fl@100+0,veo_3_1_i2v_s_portrait_fl@100+0
veo_3_1_t2v_fast_landscape_4s 16:9 4 720p 0=-,-,veo_3_1_t2v_fast_4s@10
veo_3_1_t2v_landscape_4s 16:9 4 720p 0=-,-,veo_3_1_t2v_quality_4s@100
veo_3_1_i2v_s_fast_landscape_4s_fl 16:9 4 720p 1=-,-,veo_3_1_i2v_s_fast_4s@10 2=-,-,veo_3_1_i2v_s_fast_4s_fl@10
veo_3_1_i2v_s_landscape_4s 16:9 4 720p 1=-,-,veo_3_1_i2v_s_quality_4s@100 2=-,-,veo_3_1_i2v_s_quality_4s_fl@100
veo_3_1_t2v_lite_landscape_4s 16:9 4 720p 0=-,-,veo_3_1_t2v_lite_4s@5
veo_3_1_t2v_lite_portrait_4s 9:16 4 720p 0=-,-,veo_3_1_t2v_lite_4s@5
veo_3_1_i2v_lite_landscape_4s 16:9 4 720p 1=-,-,veo_3_1_i2v_s_lite_4s@5
veo_3_1_i2v_lite_portrait_4s 9:16 4 720p 1=-,-,veo_3_1_i2v_s_lite_4s@5
veo_3_1_interpolation_lite_landscape_4s 16:9 4 720p 2=-,-,veo_3_1_i2v_s_lite_4s_fl@5
veo_3_1_interpolation_lite_portrait_4s 9:16 4 720p 2=-,-,veo_3_1_i2v_s_lite_4s_fl@5
veo_3_1_t2v_landscape_4s_4k 16:9 4 4k 0=-,-,veo_3_1_t2v_quality_4s@100+50
veo_3_1_i2v_s_landscape_4s_4k 16:9 4 4k 1=-,-,veo_3_1_i2v_s_quality_4s@100+50 2=-,-,veo_3_1_i2v_s_quality_4s_fl@100+50
veo_3_1_t2v_landscape_4s_1080p 16:9 4 1080p 0=-,-,veo_3_1_t2v_quality_4s@100+0
veo_3_1_i2v_s_landscape_4s_1080p 16:9 4 1080p 1=-,-,veo_3_1_i2v_s_quality_4s@100+0 2=-,-,veo_3_1_i2v_s_quality_4s_fl@100+0
veo_3_1_t2v_fast_landscape_6s 16:9 6 720p 0=-,-,veo_3_1_t2v_fast_6s@10
veo_3_1_t2v_landscape_6s 16:9 6 720p 0=-,-,veo_3_1_t2v_quality_6s@100
veo_3_1_i2v_s_fast_landscape_6s_fl 16:9 6 720p 1=-,-,veo_3_1_i2v_s_fast_6s@10 2=-,-,veo_3_1_i2v_s_fast_6s_fl@10
veo_3_1_i2v_s_landscape_6s 16:9 6 720p 1=-,-,veo_3_1_i2v_s_quality_6s@100 2=-,-,veo_3_1_i2v_s_quality_6s_fl@100
veo_3_1_t2v_lite_landscape_6s 16:9 6 720p 0=-,-,veo_3_1_t2v_lite_6s@5
veo_3_1_t2v_lite_portrait_6s 9:16 6 720p 0=-,-,veo_3_1_t2v_lite_6s@5
veo_3_1_i2v_lite_landscape_6s 16:9 6 720p 1=-,-,veo_3_1_i2v_s_lite_6s@5
veo_3_1_i2v_lite_portrait_6s 9:16 6 720p 1=-,-,veo_3_1_i2v_s_lite_6s@5
veo_3_1_interpolation_lite_landscape_6s 16:9 6 720p 2=-,-,veo_3_1_i2v_s_lite_6s_fl@5
veo_3_1_interpolation_lite_portrait_6s 9:16 6 720p 2=-,-,veo_3_1_i2v_s_lite_6s_fl@5
veo_3_1_t2v_landscape_6s_4k 16:9 6 4k 0=-,-,veo_3_1_t2v_quality_6s@100+50
veo_3_1_i2v_s_landscape_6s_4k 16:9 6 4k 1=-,-,veo_3_1_i2v_s_quality_6s@100+50 2=-,-,veo_3_1_i2v_s_quality_6s_fl@100+50
veo_3_1_t2v_landscape_6s_1080p 16:9 6 1080p 0=-,-,veo_3_1_t2v_quality_6s@100+0
veo_3_1_i2v_s_landscape_6s_1080p 16:9 6 1080p 1=-,-,veo_3_1_i2v_s_quality_6s@100+0 2=-,-,veo_3_1_i2v_s_quality_6s_fl@100+0
veo_3_1_t2v_landscape_4k 16:9 8 4k 0=-,-,veo_3_1_t2v@100+50
veo_3_1_i2v_s_landscape_4k 16:9 8 4k 1=-,-,veo_3_1_i2v_s@100+50 2=-,-,veo_3_1_i2v_s_fl@100+50
veo_3_1_t2v_landscape_1080p 16:9 8 1080p 0=-,veo_3_1_t2v@100+0,veo_3_1_t2v@100+0
veo_3_1_i2v_s_landscape_1080p 16:9 8 1080p 1=-,veo_3_1_i2v_s@100+0,veo_3_1_i2v_s@100+0 2=-,veo_3_1_i2v_s_fl@100+0,veo_3_1_i2v_s_fl@100+0
veo_3_1_r2v_fast_landscape 16:9 8 720p 1=veo_3_1_r2v_fast_landscape@20,veo_3_1_r2v_fast_landscape@20,veo_3_1_r2v_fast_landscape_ultra@10 3=veo_3_1_r2v_fast_landscape@20,veo_3_1_r2v_fast_landscape@20,veo_3_1_r2v_fast_landscape_ultra@10
veo_3_1_r2v_fast_landscape_ultra 16:9 8 720p 1=-,-,veo_3_1_r2v_fast_landscape_ultra@10 3=-,-,veo_3_1_r2v_fast_landscape_ultra@10
veo_3_1_r2v_fast_landscape_ultra_relaxed 16:9 8 720p 1=-,-,veo_3_1_r2v_fast_landscape_ultra_relaxed@? 3=-,-,veo_3_1_r2v_fast_landscape_ultra_relaxed@?
veo_3_1_r2v_fast_landscape_ultra_4k 16:9 8 4k 1=-,-,veo_3_1_r2v_fast_landscape_ultra@10+50 3=-,-,veo_3_1_r2v_fast_landscape_ultra@10+50
veo_3_1_r2v_fast_landscape_ultra_1080p 16:9 8 1080p 1=-,-,veo_3_1_r2v_fast_landscape_ultra@10+0 3=-,-,veo_3_1_r2v_fast_landscape_ultra@10+0
veo_3_1_t2v_fast_8s 16:9 8 720p 0=veo_3_1_t2v_fast@20,veo_3_1_t2v_fast@20,veo_3_1_t2v_fast_ultra@10
veo_3_1_t2v_fast_portrait_8s 9:16 8 720p 0=veo_3_1_t2v_fast_portrait@20,veo_3_1_t2v_fast_portrait@20,veo_3_1_t2v_fast_portrait_ultra@10
veo_3_1_t2v_fast_landscape_8s 16:9 8 720p 0=veo_3_1_t2v_fast@20,veo_3_1_t2v_fast@20,veo_3_1_t2v_fast_ultra@10
veo_3_1_t2v_8s 16:9 8 720p 0=veo_3_1_t2v@100,veo_3_1_t2v@100,veo_3_1_t2v@100
veo_3_1_t2v_portrait_8s 9:16 8 720p 0=veo_3_1_t2v_portrait@100,veo_3_1_t2v_portrait@100,veo_3_1_t2v_portrait@100
veo_3_1_t2v_landscape_8s 16:9 8 720p 0=veo_3_1_t2v@100,veo_3_1_t2v@100,veo_3_1_t2v@100
veo_3_1_i2v_s_fast_8s_fl 16:9 8 720p 1=veo_3_1_i2v_s_fast@20,veo_3_1_i2v_s_fast@20,veo_3_1_i2v_s_fast_ultra@10 2=veo_3_1_i2v_s_fast_fl@20,veo_3_1_i2v_s_fast_fl@20,veo_3_1_i2v_s_fast_ultra_fl@10
veo_3_1_i2v_s_fast_portrait_8s_fl 9:16 8 720p 1=veo_3_1_i2v_s_fast_portrait@20,veo_3_1_i2v_s_fast_portrait@20,veo_3_1_i2v_s_fast_portrait_ultra@10 2=veo_3_1_i2v_s_fast_portrait_fl@20,veo_3_1_i2v_s_fast_portrait_fl@20,veo_3_1_i2v_s_fast_portrait_ultra_fl@10
veo_3_1_i2v_s_fast_landscape_8s_fl 16:9 8 720p 1=veo_3_1_i2v_s_fast@20,veo_3_1_i2v_s_fast@20,veo_3_1_i2v_s_fast_ultra@10 2=veo_3_1_i2v_s_fast_fl@20,veo_3_1_i2v_s_fast_fl@20,veo_3_1_i2v_s_fast_ultra_fl@10
veo_3_1_i2v_s_8s 16:9 8 720p 1=veo_3_1_i2v_s@100,veo_3_1_i2v_s@100,veo_3_1_i2v_s@100 2=veo_3_1_i2v_s_fl@100,veo_3_1_i2v_s_fl@100,veo_3_1_i2v_s_fl@100
veo_3_1_i2v_s_portrait_8s 9:16 8 720p 1=veo_3_1_i2v_s_portrait@100,veo_3_1_i2v_s_portrait@100,veo_3_1_i2v_s_portrait@100 2=veo_3_1_i2v_s_portrait_fl@100,veo_3_1_i2v_s_portrait_fl@100,veo_3_1_i2v_s_portrait_fl@100
veo_3_1_i2v_s_landscape_8s 16:9 8 720p 1=veo_3_1_i2v_s@100,veo_3_1_i2v_s@100,veo_3_1_i2v_s@100 2=veo_3_1_i2v_s_fl@100,veo_3_1_i2v_s_fl@100,veo_3_1_i2v_s_fl@100
veo_3_1_r2v_fast_8s 16:9 8 720p 1=veo_3_1_r2v_fast_landscape@20,veo_3_1_r2v_fast_landscape@20,veo_3_1_r2v_fast_landscape_ultra@10 3=veo_3_1_r2v_fast_landscape@20,veo_3_1_r2v_fast_landscape@20,veo_3_1_r2v_fast_landscape_ultra@10
veo_3_1_r2v_fast_portrait_8s 9:16 8 720p 1=veo_3_1_r2v_fast_portrait@20,veo_3_1_r2v_fast_portrait@20,veo_3_1_r2v_fast_portrait_ultra@10 3=veo_3_1_r2v_fast_portrait@20,veo_3_1_r2v_fast_portrait@20,veo_3_1_r2v_fast_portrait_ultra@10
veo_3_1_r2v_fast_landscape_8s 16:9 8 720p 1=veo_3_1_r2v_fast_landscape@20,veo_3_1_r2v_fast_landscape@20,veo_3_1_r2v_fast_landscape_ultra@10 3=veo_3_1_r2v_fast_landscape@20,veo_3_1_r2v_fast_landscape@20,veo_3_1_r2v_fast_landscape_ultra@10
veo_3_1_r2v_fast_ultra_8s 16:9 8 720p 1=-,-,veo_3_1_r2v_fast_landscape_ultra@10 3=-,-,veo_3_1_r2v_fast_landscape_ultra@10
veo_3_1_r2v_fast_portrait_ultra_8s 9:16 8 720p 1=-,-,veo_3_1_r2v_fast_portrait_ultra@10 3=-,-,veo_3_1_r2v_fast_portrait_ultra@10
veo_3_1_r2v_fast_landscape_ultra_8s 16:9 8 720p 1=-,-,veo_3_1_r2v_fast_landscape_ultra@10 3=-,-,veo_3_1_r2v_fast_landscape_ultra@10
veo_3_1_r2v_fast_ultra_relaxed_8s 16:9 8 720p 1=-,-,veo_3_1_r2v_fast_landscape_ultra_relaxed@? 3=-,-,veo_3_1_r2v_fast_landscape_ultra_relaxed@?
veo_3_1_r2v_fast_portrait_ultra_relaxed_8s 9:16 8 720p 1=-,-,veo_3_1_r2v_fast_portrait_ultra_relaxed@? 3=-,-,veo_3_1_r2v_fast_portrait_ultra_relaxed@?
veo_3_1_r2v_fast_landscape_ultra_relaxed_8s 16:9 8 720p 1=-,-,veo_3_1_r2v_fast_landscape_ultra_relaxed@? 3=-,-,veo_3_1_r2v_fast_landscape_ultra_relaxed@?
veo_3_1_t2v_lite_8s_landscape 16:9 8 720p 0=veo_3_1_t2v_lite@10,veo_3_1_t2v_lite@10,veo_3_1_t2v_lite@5
veo_3_1_t2v_lite_8s_portrait 9:16 8 720p 0=veo_3_1_t2v_lite@10,veo_3_1_t2v_lite@10,veo_3_1_t2v_lite@5
veo_3_1_t2v_lite_landscape_8s 16:9 8 720p 0=veo_3_1_t2v_lite@10,veo_3_1_t2v_lite@10,veo_3_1_t2v_lite@5
veo_3_1_t2v_lite_portrait_8s 9:16 8 720p 0=veo_3_1_t2v_lite@10,veo_3_1_t2v_lite@10,veo_3_1_t2v_lite@5
veo_3_1_i2v_lite_8s_landscape 16:9 8 720p 1=veo_3_1_i2v_lite@10,veo_3_1_i2v_lite@10,veo_3_1_i2v_lite@5
veo_3_1_i2v_lite_8s_portrait 9:16 8 720p 1=veo_3_1_i2v_lite@10,veo_3_1_i2v_lite@10,veo_3_1_i2v_lite@5
veo_3_1_i2v_lite_landscape_8s 16:9 8 720p 1=veo_3_1_i2v_lite@10,veo_3_1_i2v_lite@10,veo_3_1_i2v_lite@5
veo_3_1_i2v_lite_portrait_8s 9:16 8 720p 1=veo_3_1_i2v_lite@10,veo_3_1_i2v_lite@10,veo_3_1_i2v_lite@5
veo_3_1_interpolation_lite_8s_landscape 16:9 8 720p 2=veo_3_1_interpolation_lite@10,veo_3_1_interpolation_lite@10,veo_3_1_interpolation_lite@5
veo_3_1_interpolation_lite_8s_portrait 9:16 8 720p 2=veo_3_1_interpolation_lite@10,veo_3_1_interpolation_lite@10,veo_3_1_interpolation_lite@5
veo_3_1_interpolation_lite_landscape_8s 16:9 8 720p 2=veo_3_1_interpolation_lite@10,veo_3_1_interpolation_lite@10,veo_3_1_interpolation_lite@5
veo_3_1_interpolation_lite_portrait_8s 9:16 8 720p 2=veo_3_1_interpolation_lite@10,veo_3_1_interpolation_lite@10,veo_3_1_interpolation_lite@5
veo_3_1_t2v_8s_4k 16:9 8 4k 0=-,-,veo_3_1_t2v@100+50
veo_3_1_t2v_portrait_8s_4k 9:16 8 4k 0=-,-,veo_3_1_t2v_portrait@100+50
veo_3_1_t2v_landscape_8s_4k 16:9 8 4k 0=-,-,veo_3_1_t2v@100+50
veo_3_1_i2v_s_8s_4k 16:9 8 4k 1=-,-,veo_3_1_i2v_s@100+50 2=-,-,veo_3_1_i2v_s_fl@100+50
veo_3_1_i2v_s_portrait_8s_4k 9:16 8 4k 1=-,-,veo_3_1_i2v_s_portrait@100+50 2=-,-,veo_3_1_i2v_s_portrait_fl@100+50
veo_3_1_i2v_s_landscape_8s_4k 16:9 8 4k 1=-,-,veo_3_1_i2v_s@100+50 2=-,-,veo_3_1_i2v_s_fl@100+50
veo_3_1_t2v_8s_1080p 16:9 8 1080p 0=-,veo_3_1_t2v@100+0,veo_3_1_t2v@100+0
veo_3_1_t2v_portrait_8s_1080p 9:16 8 1080p 0=-,veo_3_1_t2v_portrait@100+0,veo_3_1_t2v_portrait@100+0
veo_3_1_t2v_landscape_8s_1080p 16:9 8 1080p 0=-,veo_3_1_t2v@100+0,veo_3_1_t2v@100+0
veo_3_1_i2v_s_8s_1080p 16:9 8 1080p 1=-,veo_3_1_i2v_s@100+0,veo_3_1_i2v_s@100+0 2=-,veo_3_1_i2v_s_fl@100+0,veo_3_1_i2v_s_fl@100+0
veo_3_1_i2v_s_portrait_8s_1080p 9:16 8 1080p 1=-,veo_3_1_i2v_s_portrait@100+0,veo_3_1_i2v_s_portrait@100+0 2=-,veo_3_1_i2v_s_portrait_fl@100+0,veo_3_1_i2v_s_portrait_fl@100+0
veo_3_1_i2v_s_landscape_8s_1080p 16:9 8 1080p 1=-,veo_3_1_i2v_s@100+0,veo_3_1_i2v_s@100+0 2=-,veo_3_1_i2v_s_fl@100+0,veo_3_1_i2v_s_fl@100+0
`;

/** Video base names: name, landscape id, portrait id, sizes that extend it. */
const names = `
veo_3_1_t2v_fast veo_3_1_t2v_fast_landscape veo_3_1_t2v_fast_portrait -
veo_3_1_t2v_fast_4s veo_3_1_t2v_fast_4s veo_3_1_t2v_fast_portrait_4s -
veo_3_1_t2v_fast_6s veo_3_1_t2v_fast_6s veo_3_1_t2v_fast_portrait_6s -
veo_3_1_t2v_fast_8s veo_3_1_t2v_fast_8s veo_3_1_t2v_fast_portrait_8s -
veo_3_1_t2v_fast_ultra veo_3_1_t2v_fast_ultra veo_3_1_t2v_fast_portrait_ultra -
veo_3_1_t2v_fast_ultra_relaxed veo_3_1_t2v_fast_ultra_relaxed veo_3_1_t2v_fast_portrait_ultra_relaxed -
veo_3_1_t2v veo_3_1_t2v_landscape veo_3_1_t2v_portrait 1080p,4k
veo_3_1_t2v_4s veo_3_1_t2v_4s veo_3_1_t2v_portrait_4s 1080p,4k
veo_3_1_t2v_6s veo_3_1_t2v_6s veo_3_1_t2v_portrait_6s 1080p,4k
veo_3_1_t2v_8s veo_3_1_t2v_8s veo_3_1_t2v_portrait_8s 1080p,4k
veo_3_1_t2v_4s_4k veo_3_1_t2v_4s_4k veo_3_1_t2v_portrait_4s_4k -
veo_3_1_t2v_4s_1080p veo_3_1_t2v_4s_1080p veo_3_1_t2v_portrait_4s_1080p -
veo_3_1_t2v_6s_4k veo_3_1_t2v_6s_4k veo_3_1_t2v_portrait_6s_4k -
veo_3_1_t2v_6s_1080p veo_3_1_t2v_6s_1080p veo_3_1_t2v_portrait_6s_1080p -
veo_3_1_t2v_8s_4k veo_3_1_t2v_8s_4k veo_3_1_t2v_portrait_8s_4k -
veo_3_1_t2v_8s_1080p veo_3_1_t2v_8s_1080p veo_3_1_t2v_portrait_8s_1080p -
veo_3_1_t2v_4k veo_3_1_t2v_4k veo_3_1_t2v_portrait_4k -
veo_3_1_t2v_1080p veo_3_1_t2v_1080p veo_3_1_t2v_portrait_1080p -
veo_3_1_t2v_lite veo_3_1_t2v_lite_landscape veo_3_1_t2v_lite_portrait -
veo_3_1_t2v_lite_4s veo_3_1_t2v_lite_4s_landscape veo_3_1_t2v_lite_4s_portrait -
veo_3_1_t2v_lite_6s veo_3_1_t2v_lite_6s_landscape veo_3_1_t2v_lite_6s_portrait -
veo_3_1_t2v_lite_8s veo_3_1_t2v_lite_8s_landscape veo_3_1_t2v_lite_8s_portrait -
omni omni omni_portrait -
veo_3_1_i2v_s_fast_fl veo_3_1_i2v_s_fast_fl veo_3_1_i2v_s_fast_portrait_fl -
veo_3_1_i2v_s_fast_4s_fl veo_3_1_i2v_s_fast_4s_fl veo_3_1_i2v_s_fast_portrait_4s_fl -
veo_3_1_i2v_s_fast_6s_fl veo_3_1_i2v_s_fast_6s_fl veo_3_1_i2v_s_fast_portrait_6s_fl -
veo_3_1_i2v_s_fast_8s_fl veo_3_1_i2v_s_fast_8s_fl veo_3_1_i2v_s_fast_portrait_8s_fl -
veo_3_1_i2v_s_fast_ultra_fl veo_3_1_i2v_s_fast_ultra_fl veo_3_1_i2v_s_fast_portrait_ultra_fl -
veo_3_1_i2v_s_fast_ultra_relaxed veo_3_1_i2v_s_fast_ultra_relaxed veo_3_1_i2v_s_fast_portrait_ultra_relaxed -
veo_3_1_i2v_s veo_3_1_i2v_s_landscape veo_3_1_i2v_s_portrait 1080p,4k
veo_3_1_i2v_s_4s veo_3_1_i2v_s_4s veo_3_1_i2v_s_portrait_4s 1080p,4k
veo_3_1_i2v_s_6s veo_3_1_i2v_s_6s veo_3_1_i2v_s_portrait_6s 1080p,4k
veo_3_1_i2v_s_8s veo_3_1_i2v_s_8s veo_3_1_i2v_s_portrait_8s 1080p,4k
veo_3_1_i2v_s_4s_4k veo_3_1_i2v_s_4s_4k veo_3_1_i2v_s_portrait_4s_4k -
veo_3_1_i2v_s_4s_1080p veo_3_1_i2v_s_4s_1080p veo_3_1_i2v_s_portrait_4s_1080p -
veo_3_1_i2v_s_6s_4k veo_3_1_i2v_s_6s_4k veo_3_1_i2v_s_portrait_6s_4k -
veo_3_1_i2v_s_6s_1080p veo_3_1_i2v_s_6s_1080p veo_3_1_i2v_s_portrait_6s_1080p -
veo_3_1_i2v_s_8s_4k veo_3_1_i2v_s_8s_4k veo_3_1_i2v_s_portrait_8s_4k -
veo_3_1_i2v_s_8s_1080p veo_3_1_i2v_s_8s_1080p veo_3_1_i2v_s_portrait_8s_1080p -
veo_3_1_i2v_s_4k veo_3_1_i2v_s_4k veo_3_1_i2v_s_portrait_4k -
veo_3_1_i2v_s_1080p veo_3_1_i2v_s_1080p veo_3_1_i2v_s_portrait_1080p -
veo_3_1_i2v_lite veo_3_1_i2v_lite_landscape veo_3_1_i2v_lite_portrait -
veo_3_1_i2v_lite_4s veo_3_1_i2v_lite_4s_landscape veo_3_1_i2v_lite_4s_portrait -
veo_3_1_i2v_lite_6s veo_3_1_i2v_lite_6s_landscape veo_3_1_i2v_lite_6s_portrait -
veo_3_1_i2v_lite_8s veo_3_1_i2v_lite_8s_landscape veo_3_1_i2v_lite_8s_portrait -
veo_3_1_interpolation_lite veo_3_1_interpolation_lite_landscape veo_3_1_interpolation_lite_portrait -
veo_3_1_interpolation_lite_4s veo_3_1_interpolation_lite_4s_landscape veo_3_1_interpolation_lite_4s_portrait -
veo_3_1_interpolation_lite_6s veo_3_1_interpolation_lite_6s_landscape veo_3_1_interpolation_lite_6s_portrait -
veo_3_1_interpolation_lite_8s veo_3_1_interpolation_lite_8s_landscape veo_3_1_interpolation_lite_8s_portrait -
veo_3_1_r2v_fast veo_3_1_r2v_fast veo_3_1_r2v_fast_portrait -
veo_3_1_r2v_fast_8s veo_3_1_r2v_fast_8s veo_3_1_r2v_fast_portrait_8s -
veo_3_1_r2v_fast_ultra veo_3_1_r2v_fast_ultra veo_3_1_r2v_fast_portrait_ultra -
veo_3_1_r2v_fast_ultra_8s veo_3_1_r2v_fast_ultra_8s veo_3_1_r2v_fast_portrait_ultra_8s -
veo_3_1_r2v_fast_ultra_relaxed veo_3_1_r2v_fast_ultra_relaxed veo_3_1_r2v_fast_portrait_ultra_relaxed -
veo_3_1_r2v_fast_ultra_relaxed_8s veo_3_1_r2v_fast_ultra_relaxed_8s veo_3_1_r2v_fast_portrait_ultra_relaxed_8s -
veo_3_1_extend veo_3_1_extend veo_3_1_extend_portrait -
`;

type ExpectedPlan = { key: string; cost: string; upscaleCost: string };

const readPlan = (text: string): ExpectedPlan | undefined => {
  const [key = '', price = ''] = text.split('@');
  const [cost = '', upscaleCost = '0'] = price.split('+');
  return text === '-' ? undefined : { key, cost, upscaleCost };
};

const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split(' '));

/** Every id with one entry per number of pictures. */
export const expectedIds = linesOf(ids).flatMap(
  ([id = '', aspectRatio = '', seconds, resolution = '', ...cases]) =>
    cases.map((text) => {
      const [pictures, plans = ''] = text.split('=');
      const [free, pro, ultra] = plans.split(',').map(readPlan);
      return {
        id,
        aspectRatio,
        seconds: seconds === '-' ? undefined : Number(seconds),
        resolution,
        inputs: pictures === 'v' ? { images: 0, sourceVideo: true } : { images: Number(pictures) },
        plans: { free, pro, ultra },
      };
    }),
);

/** Every video base name. */
export const expectedNames = linesOf(names).map(
  ([name = '', landscapeId = '', portraitId = '', sizes = '']) => ({
    name,
    landscapeId,
    portraitId,
    sizes: sizes === '-' ? [] : sizes.split(','),
  }),
);
