/* "Key=Value" as registry values (src/machine/parameters.c); nt_registry_set is ours here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "machine/machine_private.h"
#include "nt/nt.h"

static struct {
    char key[256], name[64];
    uint32_t type;
    uint8_t data[64];
    size_t bytes;
} set;

uint32_t nt_registry_set(const char *key_path, const char *name, uint32_t type, const void *data, size_t bytes)
{
    strcpy(set.key, key_path);
    strcpy(set.name, name);
    set.type = type;
    set.bytes = bytes;
    memcpy(set.data, data, bytes < sizeof(set.data) ? bytes : sizeof(set.data));
    return 0;
}

const char *nt_status_text(uint32_t status)
{
    return status == 0xC000000Du ? "STATUS_INVALID_PARAMETER (0xC000000D)" : "?";
}

static uint32_t set_one(const char *text)
{
    const char *list[] = {text, NULL};
    char message[256];

    return machine_set_parameters("echosrv", list, message, sizeof(message));
}

static void values_have_their_types(void **state)
{
    (void)state;
    assert_int_equal(set_one("Port=40007"), 0);
    assert_string_equal(set.key, "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\echosrv\\Parameters");
    assert_string_equal(set.name, "Port");
    assert_int_equal(set.type, 4);
    assert_int_equal(set.bytes, 4);
    assert_int_equal(*(uint32_t *)set.data, 40007);
    assert_int_equal(set_one("Flags=0xffffffff"), 0);
    assert_int_equal(set.type, 4);
    assert_int_equal(set_one("Big=0x100000000"), 0);
    assert_int_equal(set.type, 11);
    assert_int_equal(set.bytes, 8);
    assert_int_equal(set_one("Text=12 monkeys"), 0);
    assert_int_equal(set.type, 1);
    assert_int_equal(set.bytes, 2 * (10 + 1));
    assert_int_equal(set_one("Text=:12"), 0);
    assert_int_equal(set.type, 1);
    assert_memory_equal(set.data, u"12", 6);
    assert_int_equal(set_one("Empty="), 0);
    assert_int_equal(set.type, 1);
    assert_int_equal(set.bytes, 2);
    assert_int_equal(set_one("Negative=-1"), 0);
    assert_int_equal(set.type, 1);
    assert_int_equal(set_one("=1"), 0xC000000Du);
    assert_int_equal(set_one("none"), 0xC000000Du);
}

static void text_becomes_utf16(void **state)
{
    uint16_t out[8];

    (void)state;
    assert_int_equal(machine_utf16("aä€", out, 8), 3);
    assert_int_equal(out[1], 0xe4);
    assert_int_equal(out[2], 0x20ac);
    assert_int_equal(machine_utf16("\xf0\x9f\x98\x80", out, 8), 2);
    assert_int_equal(out[0], 0xd83d);
    assert_int_equal(out[1], 0xde00);
    assert_int_equal(machine_utf16("\xff\xc3", out, 8), 2);
    assert_int_equal(out[0], 0xfffd);
    assert_int_equal(out[1], 0xfffd);
    assert_int_equal(machine_utf16("12345678901", out, 8), 11);
}

static void service_is_the_file_name(void **state)
{
    char name[16];

    (void)state;
    machine_service_name("a/b/EchoSrv.SYS", name, sizeof(name));
    assert_string_equal(name, "EchoSrv");
    machine_service_name("plain", name, sizeof(name));
    assert_string_equal(name, "plain");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_have_their_types), cmocka_unit_test(text_becomes_utf16),
                                       cmocka_unit_test(service_is_the_file_name)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
