#!/bin/sh
# Builds the chaos agent into the given jar, with a full JDK 25 (JAVA_HOME, or one below /usr/lib/jvm).
set -e
here=$(cd "$(dirname "$0")" && pwd)
jar=$1
[ -n "$jar" ] || { echo "usage: build.sh JAR" >&2; exit 2; }
for home in ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/*25*; do
  [ -x "$home/bin/javac" ] && break
done
"$home/bin/javac" --release 25 -Xlint:all -Werror -d "$jar.classes" "$here"/dev/waybill/chaos/*.java
printf 'Premain-Class: dev.waybill.chaos.Agent\n' > "$jar.manifest"
"$home/bin/jar" --create --file "$jar.new" --manifest "$jar.manifest" -C "$jar.classes" .
mv "$jar.new" "$jar"
rm -r "$jar.classes" "$jar.manifest"
