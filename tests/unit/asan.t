#!/bin/sh
# The unit tests under AddressSanitizer and UBSan.
exec "${ROOT:-.}/tools/sanitize" "${BUILD:-build}" asan
