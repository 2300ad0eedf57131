/* The tables of the network, in a namespace of the test's own (skipped where none can be made). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "net/tables.h"

static bool own_network;

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd >= 0 && write(fd, text, strlen(text)) < 0)
        perror(path);
    if (fd >= 0)
        close(fd);
}

static int make_network(void **state)
{
    char map[64];

    snprintf(map, sizeof(map), "0 %u 1", (unsigned)geteuid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return 0;
    put("/proc/self/setgroups", "deny");
    put("/proc/self/uid_map", map);
    own_network = system("ip link add t0 type veth peer name t1") == 0;
    return 0;
}

static struct net_link link_called(const char *name)
{
    struct net_link found = {0};
    struct net_row *rows;
    size_t count;

    assert_int_equal(net_table_read(NET_LINKS, 0, 0, &rows, &count), NET_OK);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].link.name, name) == 0)
            found = rows[i].link;
    }
    net_table_free(rows);
    return found;
}

static void IPH_007_identity_outlives_a_rename_and_a_new_address(void **state)
{
    struct net_link before, after, other;

    if (!own_network)
        skip();
    before = link_called("t0");
    other = link_called("t1");
    assert_int_not_equal(before.index, 0);
    assert_memory_not_equal(before.guid, other.guid, 16);
    assert_int_equal(system("ip link set t0 name another address 02:00:00:00:00:77"), 0);
    after = link_called("another");
    assert_int_equal(after.index, before.index);
    assert_memory_equal(after.guid, before.guid, 16);
    assert_int_equal(system("ip link set another name t0"), 0);
}

static void IPH_018_one_link_or_none(void **state)
{
    struct net_row *rows;
    size_t count;

    if (!own_network)
        skip();
    assert_int_equal(net_table_read(NET_LINKS, 0, link_called("t1").index, &rows, &count), NET_OK);
    assert_int_equal(count, 1);
    assert_string_equal(rows[0].link.name, "t1");
    net_table_free(rows);
    assert_int_equal(net_table_read(NET_LINKS, 0, 0x7ffffff0, &rows, &count), NET_NOT_FOUND);
    assert_null(rows);
    assert_int_equal(net_table_read(NET_NEIGHBOURS, 0, 0, &rows, &count), NET_OK);
    assert_int_equal(count, 0);
    assert_null(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(IPH_007_identity_outlives_a_rename_and_a_new_address),
        cmocka_unit_test(IPH_018_one_link_or_none),
    };

    return cmocka_run_group_tests(tests, make_network, NULL);
}
