# syntax=docker/dockerfile:1
# docker build -t cartfuzz .
# docker run --rm -e CARTFUZZ_API_KEY -v "$PWD:/work" cartfuzz run https://staging.example.com --config cartfuzz.toml
FROM python:3.13-slim AS build
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.13-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir "$(echo /wheels/cartfuzz-*.whl)[dask,html,otel,prometheus,pytest,redis]" \
    && useradd --create-home --uid 1000 cartfuzz
USER 1000
WORKDIR /work
ENTRYPOINT ["cartfuzz"]
CMD ["--help"]
