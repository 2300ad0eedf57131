/* GUIDs that drivers expect from uuid.lib when they do not include initguid.h (BLD-027). */
struct guid {
    unsigned data1;
    unsigned short data2, data3;
    unsigned char data4[8];
};

const struct guid GUID_NULL = {0, 0, 0, {0}};
