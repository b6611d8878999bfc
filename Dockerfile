# The Node that npm scripts and tests run on. docs/image.md says how to hold it by digest.
ARG NODE_IMAGE=node:24.21.0-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    PORT=3000
WORKDIR /app
# Everything here belongs to root: the bot reads it and can change none of it.
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY blocks ./blocks
COPY src ./src
# The user "node", by number: Kubernetes' runAsNonRoot can't tell who a name is.
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "src/ops/health-check.ts"]
# Exec form: the bot itself is process 1 and gets SIGTERM, on which it finishes what it is posting. It
# starts no processes, so there are no orphans for an init to reap.
# The options keep it at about 115 MB instead of 155 (docs/performance.md).
CMD ["node", "--optimize-for-size", "--v8-pool-size=1", "src/main.ts"]
