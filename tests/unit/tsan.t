#!/bin/sh
# The unit tests under ThreadSanitizer.
exec "${ROOT:-.}/tools/sanitize" "${BUILD:-build}" tsan
