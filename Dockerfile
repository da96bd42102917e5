# syntax=docker/dockerfile:1

# Builds the program. The compiler stays in this stage; it is needed only where better-sqlite3 has no ready-made
# binary for the platform. Both stages have the same Node and the same C library: native modules depend on them.
FROM node:22-bookworm-slim AS build
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /src
ENV NEXT_TELEMETRY_DISABLED=1
# The manifests first: this layer is kept until a dependency changes.
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/npm-cache \
  npm ci --cache /npm-cache --include=dev --no-audit --no-fund
COPY . .
RUN node scripts/run.mjs build

FROM node:22-bookworm-slim
ENV NODE_ENV=production \
  NEXT_TELEMETRY_DISABLED=1 \
  NEXT_MANUAL_SIG_HANDLE=true \
  KEEP_ALIVE_TIMEOUT=65000 \
  AUTH_TRUST_HOST=true \
  HOSTNAME=0.0.0.0 \
  PORT=8000 \
  DATA_DIR=/data
# What the console's system page tells: docker build --build-arg BUILD_COMMIT=$(git rev-parse HEAD) --build-arg BUILD_DATE=$(date -u +%FT%TZ)
ARG BUILD_COMMIT=
ARG BUILD_DATE=
ENV BUILD_COMMIT=$BUILD_COMMIT BUILD_DATE=$BUILD_DATE
WORKDIR /app
COPY --from=build /src/.next/standalone ./
# A settings file may be mounted as /app/config/setting.toml, which is where the program looks.
RUN mkdir -p config && mkdir -m 0700 /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8000
# The slim image has no curl.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
# Node itself is process 1: npm would keep SIGTERM from the server, and running work could not end in order.
CMD ["node", "server.js"]
