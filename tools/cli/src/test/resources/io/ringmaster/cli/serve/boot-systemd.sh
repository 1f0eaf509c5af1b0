#!/bin/sh
# A real systemd with nothing but the server's units, in namespaces and a control group of its own, on a root made of this
# machine's /usr and of memory. Killed, it leaves an empty folder and a tree of empty control groups. Takes root.
#
# Usage: boot-systemd.sh ROOT PROGRAM UNITS JDK GROUP: an empty folder, what ./ringmaster install makes, the folder of the
# units, a JDK, and a folder below a mounted cgroup2. Runs until it is killed.
set -eu

if [ "$#" = 5 ]; then
  mkdir "$5"
  echo $$ >"$5/cgroup.procs"
  exec unshare --pid --fork --mount --uts --ipc --net --cgroup --kill-child=KILL sh "$0" "$1" "$2" "$3" "$4"
fi

root=$1 program=$2 units=$3 jdk=$4
mount --make-rprivate /
mount -t tmpfs -o mode=755 root "$root"
cd "$root"
mkdir -p usr etc/systemd/system var/lib var/log var/tmp run tmp proc sys dev opt/ringmaster opt/jdk root home old
for folder in bin sbin lib lib64; do
  ln -s "usr/$folder" "$folder"
done
mount --rbind /usr usr
mount --bind "$program" opt/ringmaster
mount --bind "$jdk" opt/jdk
for folder in usr opt/ringmaster opt/jdk; do
  mount -o remount,bind,ro "$folder"
done
for file in passwd group nsswitch.conf ld.so.conf ld.so.conf.d ld.so.cache alternatives; do
  [ ! -e "/etc/$file" ] || cp -a "/etc/$file" etc/
done
echo 'ringmaster:x:990:990::/var/lib/ringmaster:/usr/sbin/nologin' >>etc/passwd
echo 'ringmaster:x:990:' >>etc/group
echo '127.0.0.1 localhost' >etc/hosts
echo 0123456789abcdef0123456789abcdef >etc/machine-id

cp "$units/ringmaster.service" "$units/ringmaster.socket" etc/systemd/system/
printf '[Unit]\nWants=ringmaster.socket ringmaster.service\n' >etc/systemd/system/default.target
# The machine's own, which a guest leaves alone.
for unit in systemd-udevd systemd-udev-trigger systemd-logind systemd-sysctl systemd-modules-load systemd-random-seed \
  systemd-update-utmp; do
  ln -s /dev/null "etc/systemd/system/$unit.service"
done
for unit in dev-hugepages dev-mqueue sys-kernel-debug sys-kernel-tracing sys-kernel-config sys-fs-fuse-connections; do
  ln -s /dev/null "etc/systemd/system/$unit.mount"
done

mount -t tmpfs -o mode=755 run run
mount -t tmpfs -o mode=1777 tmp tmp
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 dev dev
for device in null zero full random urandom tty; do
  : >"dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/shm dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ip link set lo up
pivot_root . old
umount -l /old
cd /
exec env -i PATH=/usr/sbin:/usr/bin container=ringmaster /lib/systemd/systemd --system --log-target=journal
