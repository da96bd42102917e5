/**
 * A command for bash that makes a picture and saves it. It shows the whole answer, takes the picture's address out
 * of it and loads that; curl and grep are all it needs.
 * @param {string} url of the server
 * @param {string} apiKey
 */
export const pictureCommand = (url, apiKey) =>
  generate(
    url,
    apiKey,
    'gemini-3.1-flash-image',
    'A lighthouse on a cliff at dawn, watercolour',
    'picture.png',
  );

/**
 * The same for a video.
 * @param {string} url of the server
 * @param {string} apiKey
 */
export const videoCommand = (url, apiKey) =>
  generate(url, apiKey, 'veo-3.1-fast', 'Waves roll towards a lighthouse, slow camera flight', 'video.mp4');

/**
 * @param {string} url
 * @param {string} apiKey
 * @param {string} model
 * @param {string} prompt
 * @param {string} file
 */
function generate(url, apiKey, model, prompt, file) {
  const body = JSON.stringify({ model, stream: false, messages: [{ role: 'user', content: prompt }] });
  return [
    `answer=$(curl -sS ${url}/v1/chat/completions \\`,
    `  -H 'Authorization: Bearer ${apiKey}' \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${body}') && echo "$answer" &&`,
    `curl -sSf -o ${file} "$(grep -oE 'https?://[A-Za-z0-9.:-]+/media/[a-z0-9]+\\.[a-z0-9]+' <<<"$answer" | head -n 1)" &&`,
    `ls -l ${file}`,
  ].join('\n');
}
