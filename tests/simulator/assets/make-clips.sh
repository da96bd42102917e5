#!/bin/sh
# Makes the clips that the simulator serves as finished videos: H.264 (yuv420p, 24 fps) with AAC sound, index first.
# Needed only to make them again; the files are committed. Needs ffmpeg with libx264.
set -eu
cd "$(dirname "$0")"

# name width height seconds crf speed
clip() {
  # The picture is drawn small and enlarged: soft shapes compress to almost nothing, even in 4K.
  if [ "$2" -gt "$3" ]; then small=320x180; else small=180x320; fi
  ffmpeg -hide_banner -loglevel error -nostdin -y \
    -f lavfi -i "gradients=s=$small:r=24:d=$4:c0=0x1b2a49:c1=0x3f6f8f:c2=0xe8a87c:nb_colors=3:seed=7:speed=$6" \
    -f lavfi -i "sine=frequency=220:sample_rate=44100:duration=$4" \
    -filter_complex "[0:v]gblur=sigma=4,scale=$2:$3:flags=bilinear,format=yuv420p[v];[1:a]volume=0.08[a]" \
    -map '[v]' -map '[a]' -t "$4" -r 24 \
    -c:v libx264 -profile:v high -preset slow -bf 8 -crf "$5" -g 240 \
    -c:a aac -ac 1 -b:a 24k \
    -map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact -movflags +faststart \
    "$1.mp4"
}

# 11, 13, 15, 22 and 29 s: what 4, 6 and 8 s come to when they are joined with clips that go on from them.
for seconds in 4 6 8 10 11 13 15 22 29; do
  clip "landscape-720p-${seconds}s" 1280 720 "$seconds" 36 0.015
  clip "portrait-720p-${seconds}s" 720 1280 "$seconds" 36 0.015
done
for seconds in 4 6 8; do
  clip "landscape-1080p-${seconds}s" 1920 1080 "$seconds" 42 0.015
  clip "portrait-1080p-${seconds}s" 1080 1920 "$seconds" 42 0.015
  clip "landscape-4k-${seconds}s" 3840 2160 "$seconds" 51 0.003
  clip "portrait-4k-${seconds}s" 2160 3840 "$seconds" 51 0.003
done
