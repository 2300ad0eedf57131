#!/usr/bin/env -S tools/cli-test
# tools/deps does nothing, quickly, when all is there; without root it says what to run
$ $SOURCE/tools/deps
$ grep -c '^need ' $SOURCE/tools/deps >count; sed 's#/usr/include/cmocka.h#/nowhere#; s#id -u#echo 7#; s#sudo -n true#false#' $SOURCE/tools/deps > deps; sh deps
wskit needs packages that are not installed. Run this as root, then again what you ran:
    apt-get install -y --no-install-recommends libcmocka-dev
[2]
