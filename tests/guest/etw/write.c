/* Event tracing while nobody traces (EXE-575..577, EXE-579, EXE-581, EXE-796). */
#include "wkt.h"

static const GUID provider = {0x77736b69, 1, 2, {1, 2, 3, 4, 5, 6, 7, 8}};

TEST(EXE_575, register_and_unregister)
{
    REGHANDLE handle = 0;

    CHECK_STATUS(EtwRegister(NULL, NULL, NULL, &handle), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(EtwRegister(&provider, NULL, NULL, &handle), STATUS_SUCCESS);
    CHECK(handle != 0);
    CHECK_STATUS(EtwUnregister(handle), STATUS_SUCCESS);
    CHECK_STATUS(EtwUnregister(handle), STATUS_INVALID_HANDLE);
}

TEST_ROWS("EXE-576 EXE-796", writes)
{
    EVENT_DATA_DESCRIPTOR data[2];
    EVENT_DESCRIPTOR event;
    REGHANDLE handle;
    ULONG value = 5;

    EventDescCreate(&event, 1, 0, 0, TRACE_LEVEL_ERROR, 0, 0, 0);
    EventDataDescCreate(&data[0], &value, sizeof(value));
    REQUIRE(NT_SUCCESS(EtwRegister(&provider, NULL, NULL, &handle)));
    CHECK_STATUS(EtwWrite(handle, &event, NULL, 1, data), STATUS_SUCCESS);
    CHECK_STATUS(EtwWriteTransfer(handle, &event, NULL, NULL, 129, data), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(EtwWrite(0x12340001, &event, NULL, 1, data), STATUS_INVALID_HANDLE);
    CHECK_STATUS(EtwWriteString(handle, TRACE_LEVEL_ERROR, 0, NULL, L"text"), STATUS_SUCCESS);
    EtwUnregister(handle);
}

TEST(EXE_576, activity_ids)
{
    GUID one, two, given, before;

    CHECK_STATUS(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_CREATE_ID, &one), STATUS_SUCCESS);
    CHECK_STATUS(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_CREATE_ID, &two), STATUS_SUCCESS);
    CHECK(!IsEqualGUID(&one, &two));
    CHECK_STATUS(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_SET_ID, &one), STATUS_SUCCESS);
    CHECK_STATUS(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_GET_ID, &given), STATUS_SUCCESS);
    CHECK(IsEqualGUID(&one, &given));
    before = two;
    CHECK_STATUS(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_GET_SET_ID, &before), STATUS_SUCCESS);
    CHECK(IsEqualGUID(&before, &one));
    CHECK_STATUS(EtwActivityIdControl(9, &one), STATUS_INVALID_PARAMETER);
}

TEST(EXE_577, provider_traits)
{
    UCHAR traits[] = {7, 0, 'w', 'k', 'i', 't', 0};
    REGHANDLE handle;

    REQUIRE(NT_SUCCESS(EtwRegister(&provider, NULL, NULL, &handle)));
    CHECK_STATUS(EtwSetInformation(handle, EventProviderSetTraits, traits, sizeof(traits)), STATUS_SUCCESS);
    CHECK_STATUS(EtwSetInformation(handle, EventProviderSetTraits, traits, 5), STATUS_INVALID_PARAMETER);
    EtwUnregister(handle);
}

TEST_ROWS("EXE-579 EXE-581", wpp_without_a_session)
{
    TRACEHANDLE logger;
    ULONG need;

    CHECK_STATUS(WmiTraceMessage(0, TRACE_MESSAGE_GUID, &provider, 10, NULL), STATUS_INVALID_HANDLE);
    CHECK_STATUS(WmiTraceMessage(1, TRACE_MESSAGE_GUID, &provider, 10, &provider, sizeof(provider), NULL), STATUS_SUCCESS);
    CHECK_STATUS(WmiQueryTraceInformation(TraceHandleClass, &logger, 1, &need, NULL), STATUS_INFO_LENGTH_MISMATCH);
    CHECK_EQ(need, sizeof(logger));
}

TODO_ROW(EXE_578, "the enabled path needs a session that a test can start");
