/* Cryptography API: Next Generation, as drivers have it from cng.sys (EXE-610 .. EXE-613). */
#ifndef __BCRYPT_H__
#define __BCRYPT_H__

#include "ntdef.h"

WK_EXTERN_C_BEGIN

#ifndef BCRYPT_SUCCESS
#define BCRYPT_SUCCESS(Status) (((NTSTATUS)(Status)) >= 0)
#endif

typedef PVOID BCRYPT_HANDLE;
typedef PVOID BCRYPT_ALG_HANDLE;
typedef PVOID BCRYPT_KEY_HANDLE;
typedef PVOID BCRYPT_HASH_HANDLE;
typedef PVOID BCRYPT_SECRET_HANDLE;

/* ---- names ---- */
#define MS_PRIMITIVE_PROVIDER              L"Microsoft Primitive Provider"

#define BCRYPT_MD5_ALGORITHM               L"MD5"
#define BCRYPT_SHA1_ALGORITHM              L"SHA1"
#define BCRYPT_SHA256_ALGORITHM            L"SHA256"
#define BCRYPT_SHA384_ALGORITHM            L"SHA384"
#define BCRYPT_SHA512_ALGORITHM            L"SHA512"
#define BCRYPT_AES_ALGORITHM               L"AES"
#define BCRYPT_CHACHA20_POLY1305_ALGORITHM L"CHACHA20_POLY1305"
#define BCRYPT_RNG_ALGORITHM               L"RNG"
#define BCRYPT_SP800108_CTR_HMAC_ALGORITHM L"SP800_108_CTR_HMAC"
#define BCRYPT_PBKDF2_ALGORITHM            L"PBKDF2"

#define BCRYPT_ALGORITHM_NAME              L"AlgorithmName"
#define BCRYPT_AUTH_TAG_LENGTH             L"AuthTagLength"
#define BCRYPT_BLOCK_LENGTH                L"BlockLength"
#define BCRYPT_BLOCK_SIZE_LIST             L"BlockSizeList"
#define BCRYPT_CHAINING_MODE               L"ChainingMode"
#define BCRYPT_HASH_BLOCK_LENGTH           L"HashBlockLength"
#define BCRYPT_HASH_LENGTH                 L"HashDigestLength"
#define BCRYPT_KEY_LENGTH                  L"KeyLength"
#define BCRYPT_KEY_LENGTHS                 L"KeyLengths"
#define BCRYPT_KEY_STRENGTH                L"KeyStrength"
#define BCRYPT_MESSAGE_BLOCK_LENGTH        L"MessageBlockLength"
#define BCRYPT_OBJECT_LENGTH               L"ObjectLength"
#define BCRYPT_PROVIDER_HANDLE             L"ProviderHandle"

#define BCRYPT_CHAIN_MODE_NA               L"ChainingModeN/A"
#define BCRYPT_CHAIN_MODE_CBC              L"ChainingModeCBC"
#define BCRYPT_CHAIN_MODE_ECB              L"ChainingModeECB"
#define BCRYPT_CHAIN_MODE_CFB              L"ChainingModeCFB"
#define BCRYPT_CHAIN_MODE_CCM              L"ChainingModeCCM"
#define BCRYPT_CHAIN_MODE_GCM              L"ChainingModeGCM"

#define BCRYPT_KEY_DATA_BLOB               L"KeyDataBlob"

/* ---- algorithms that need no opening ---- */
#define BCRYPT_MD5_ALG_HANDLE               ((BCRYPT_ALG_HANDLE)0x00000021)
#define BCRYPT_SHA1_ALG_HANDLE              ((BCRYPT_ALG_HANDLE)0x00000031)
#define BCRYPT_SHA256_ALG_HANDLE            ((BCRYPT_ALG_HANDLE)0x00000041)
#define BCRYPT_SHA384_ALG_HANDLE            ((BCRYPT_ALG_HANDLE)0x00000051)
#define BCRYPT_SHA512_ALG_HANDLE            ((BCRYPT_ALG_HANDLE)0x00000061)
#define BCRYPT_RNG_ALG_HANDLE               ((BCRYPT_ALG_HANDLE)0x00000081)
#define BCRYPT_HMAC_MD5_ALG_HANDLE          ((BCRYPT_ALG_HANDLE)0x00000091)
#define BCRYPT_HMAC_SHA1_ALG_HANDLE         ((BCRYPT_ALG_HANDLE)0x000000a1)
#define BCRYPT_HMAC_SHA256_ALG_HANDLE       ((BCRYPT_ALG_HANDLE)0x000000b1)
#define BCRYPT_HMAC_SHA384_ALG_HANDLE       ((BCRYPT_ALG_HANDLE)0x000000c1)
#define BCRYPT_HMAC_SHA512_ALG_HANDLE       ((BCRYPT_ALG_HANDLE)0x000000d1)
#define BCRYPT_AES_CBC_ALG_HANDLE           ((BCRYPT_ALG_HANDLE)0x000001a1)
#define BCRYPT_AES_ECB_ALG_HANDLE           ((BCRYPT_ALG_HANDLE)0x000001b1)
#define BCRYPT_AES_CFB_ALG_HANDLE           ((BCRYPT_ALG_HANDLE)0x000001c1)
#define BCRYPT_AES_CCM_ALG_HANDLE           ((BCRYPT_ALG_HANDLE)0x000001d1)
#define BCRYPT_AES_GCM_ALG_HANDLE           ((BCRYPT_ALG_HANDLE)0x000001e1)
#define BCRYPT_PBKDF2_ALG_HANDLE            ((BCRYPT_ALG_HANDLE)0x00000331)
#define BCRYPT_SP800108_CTR_HMAC_ALG_HANDLE ((BCRYPT_ALG_HANDLE)0x00000341)
#define BCRYPT_CHACHA20_POLY1305_ALG_HANDLE ((BCRYPT_ALG_HANDLE)0x000003a1)

/* ---- flags ---- */
#define BCRYPT_PROV_DISPATCH                     0x00000001
#define BCRYPT_BLOCK_PADDING                     0x00000001
#define BCRYPT_PAD_NONE                          0x00000001
#define BCRYPT_RNG_USE_ENTROPY_IN_BUFFER         0x00000001
#define BCRYPT_USE_SYSTEM_PREFERRED_RNG          0x00000002
#define BCRYPT_ALG_HANDLE_HMAC_FLAG              0x00000008
#define BCRYPT_HASH_REUSABLE_FLAG                0x00000020
#define BCRYPT_BUFFERS_LOCKED_FLAG               0x00000040

/* ---- structures ---- */
#define BCRYPT_OBJECT_ALIGNMENT 16

typedef struct __BCRYPT_KEY_LENGTHS_STRUCT {
    ULONG dwMinLength;
    ULONG dwMaxLength;
    ULONG dwIncrement;
} BCRYPT_KEY_LENGTHS_STRUCT;

typedef BCRYPT_KEY_LENGTHS_STRUCT BCRYPT_AUTH_TAG_LENGTHS_STRUCT;

#define BCRYPT_KEY_DATA_BLOB_MAGIC    0x4d42444b
#define BCRYPT_KEY_DATA_BLOB_VERSION1 0x1

typedef struct _BCRYPT_KEY_DATA_BLOB_HEADER {
    ULONG dwMagic;
    ULONG dwVersion;
    ULONG cbKeyData;
} BCRYPT_KEY_DATA_BLOB_HEADER, *PBCRYPT_KEY_DATA_BLOB_HEADER;

#define BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO_VERSION 1
#define BCRYPT_AUTH_MODE_CHAIN_CALLS_FLAG             0x00000001
#define BCRYPT_AUTH_MODE_IN_PROGRESS_FLAG             0x00000002

typedef struct _BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO {
    ULONG cbSize;
    ULONG dwInfoVersion;
    PUCHAR pbNonce;
    ULONG cbNonce;
    PUCHAR pbAuthData;
    ULONG cbAuthData;
    PUCHAR pbTag;
    ULONG cbTag;
    PUCHAR pbMacContext;
    ULONG cbMacContext;
    ULONG cbAAD;
    ULONGLONG cbData;
    ULONG dwFlags;
} BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO, *PBCRYPT_AUTHENTICATED_CIPHER_MODE_INFO;

DDI_MACRO(BCRYPT_INIT_AUTH_MODE_INFO, "EXE-612", "bcrypt/nf-bcrypt-bcrypt_init_auth_mode_info")
#define BCRYPT_INIT_AUTH_MODE_INFO(Info)                                                                               \
    RtlZeroMemory(&(Info), sizeof(BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO));                                             \
    (Info).cbSize = sizeof(BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO);                                                     \
    (Info).dwInfoVersion = BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO_VERSION

#define BCRYPTBUFFER_VERSION  0
#define KDF_HASH_ALGORITHM    0x0
#define KDF_LABEL             0xD
#define KDF_CONTEXT           0xE
#define KDF_SALT              0xF
#define KDF_ITERATION_COUNT   0x10
#define KDF_GENERIC_PARAMETER 0x11

typedef struct _BCryptBuffer {
    ULONG cbBuffer;
    ULONG BufferType;
    PVOID pvBuffer;
} BCryptBuffer, *PBCryptBuffer;

typedef struct _BCryptBufferDesc {
    ULONG ulVersion;
    ULONG cBuffers;
    PBCryptBuffer pBuffers;
} BCryptBufferDesc, *PBCryptBufferDesc;

/* ---- providers ---- */
DDI(cng, "EXE-610", "bcrypt/nf-bcrypt-bcryptopenalgorithmprovider") _IRQL_requires_max_(0)
NTSTATUS NTAPI BCryptOpenAlgorithmProvider(_Out_ BCRYPT_ALG_HANDLE *phAlgorithm, _In_ PCWSTR pszAlgId, _In_opt_ PCWSTR pszImplementation,
                                           _In_ ULONG dwFlags);

DDI(cng, "EXE-610", "bcrypt/nf-bcrypt-bcryptclosealgorithmprovider") _IRQL_requires_max_(0)
NTSTATUS NTAPI BCryptCloseAlgorithmProvider(_In_ BCRYPT_ALG_HANDLE hAlgorithm, _In_ ULONG dwFlags);

DDI(cng, "EXE-610", "bcrypt/nf-bcrypt-bcryptgetproperty") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptGetProperty(_In_ BCRYPT_HANDLE hObject, _In_ PCWSTR pszProperty, _Out_writes_bytes_opt_(cbOutput) PUCHAR pbOutput,
                                 _In_ ULONG cbOutput, _Out_ ULONG *pcbResult, _In_ ULONG dwFlags);

DDI(cng, "EXE-610", "bcrypt/nf-bcrypt-bcryptsetproperty") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptSetProperty(_Inout_ BCRYPT_HANDLE hObject, _In_ PCWSTR pszProperty, _In_reads_bytes_(cbInput) PUCHAR pbInput, _In_ ULONG cbInput,
                                 _In_ ULONG dwFlags);

DDI(cng, "EXE-610", "bcrypt/nf-bcrypt-bcryptgetfipsalgorithmmode") _IRQL_requires_max_(0)
NTSTATUS NTAPI BCryptGetFipsAlgorithmMode(_Out_ BOOLEAN *pfEnabled);

DDI(cng, "EXE-613", "bcrypt/nf-bcrypt-bcryptgenrandom") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptGenRandom(_In_opt_ BCRYPT_ALG_HANDLE hAlgorithm, _Out_writes_bytes_(cbBuffer) PUCHAR pbBuffer, _In_ ULONG cbBuffer,
                               _In_ ULONG dwFlags);

/* ---- hashes ---- */
DDI(cng, "EXE-611", "bcrypt/nf-bcrypt-bcryptcreatehash") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptCreateHash(_Inout_ BCRYPT_ALG_HANDLE hAlgorithm, _Out_ BCRYPT_HASH_HANDLE *phHash,
                                _Out_writes_bytes_opt_(cbHashObject) PUCHAR pbHashObject, _In_ ULONG cbHashObject,
                                _In_reads_bytes_opt_(cbSecret) PUCHAR pbSecret, _In_ ULONG cbSecret, _In_ ULONG dwFlags);

DDI(cng, "EXE-611", "bcrypt/nf-bcrypt-bcrypthashdata") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptHashData(_Inout_ BCRYPT_HASH_HANDLE hHash, _In_reads_bytes_(cbInput) PUCHAR pbInput, _In_ ULONG cbInput, _In_ ULONG dwFlags);

DDI(cng, "EXE-611", "bcrypt/nf-bcrypt-bcryptfinishhash") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptFinishHash(_Inout_ BCRYPT_HASH_HANDLE hHash, _Out_writes_bytes_(cbOutput) PUCHAR pbOutput, _In_ ULONG cbOutput, _In_ ULONG dwFlags);

DDI(cng, "EXE-611", "bcrypt/nf-bcrypt-bcryptduplicatehash") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptDuplicateHash(_In_ BCRYPT_HASH_HANDLE hHash, _Out_ BCRYPT_HASH_HANDLE *phNewHash,
                                   _Out_writes_bytes_opt_(cbHashObject) PUCHAR pbHashObject, _In_ ULONG cbHashObject, _In_ ULONG dwFlags);

DDI(cng, "EXE-611", "bcrypt/nf-bcrypt-bcryptdestroyhash") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptDestroyHash(_Inout_ BCRYPT_HASH_HANDLE hHash);

DDI(cng, "EXE-611", "bcrypt/nf-bcrypt-bcrypthash") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptHash(_Inout_ BCRYPT_ALG_HANDLE hAlgorithm, _In_reads_bytes_opt_(cbSecret) PUCHAR pbSecret, _In_ ULONG cbSecret,
                          _In_reads_bytes_(cbInput) PUCHAR pbInput, _In_ ULONG cbInput, _Out_writes_bytes_(cbOutput) PUCHAR pbOutput,
                          _In_ ULONG cbOutput);

/* ---- keys ---- */
DDI(cng, "EXE-612", "bcrypt/nf-bcrypt-bcryptgeneratesymmetrickey") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptGenerateSymmetricKey(_Inout_ BCRYPT_ALG_HANDLE hAlgorithm, _Out_ BCRYPT_KEY_HANDLE *phKey,
                                          _Out_writes_bytes_opt_(cbKeyObject) PUCHAR pbKeyObject, _In_ ULONG cbKeyObject,
                                          _In_reads_bytes_(cbSecret) PUCHAR pbSecret, _In_ ULONG cbSecret, _In_ ULONG dwFlags);

DDI(cng, "EXE-612", "bcrypt/nf-bcrypt-bcryptimportkey") DDI_GAP("KeyDataBlob only") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptImportKey(_In_ BCRYPT_ALG_HANDLE hAlgorithm, _In_opt_ BCRYPT_KEY_HANDLE hImportKey, _In_ PCWSTR pszBlobType,
                               _Out_ BCRYPT_KEY_HANDLE *phKey, _Out_writes_bytes_opt_(cbKeyObject) PUCHAR pbKeyObject, _In_ ULONG cbKeyObject,
                               _In_reads_bytes_(cbInput) PUCHAR pbInput, _In_ ULONG cbInput, _In_ ULONG dwFlags);

DDI(cng, "EXE-612", "bcrypt/nf-bcrypt-bcryptexportkey") DDI_GAP("KeyDataBlob only") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptExportKey(_In_ BCRYPT_KEY_HANDLE hKey, _In_opt_ BCRYPT_KEY_HANDLE hExportKey, _In_ PCWSTR pszBlobType,
                               _Out_writes_bytes_opt_(cbOutput) PUCHAR pbOutput, _In_ ULONG cbOutput, _Out_ ULONG *pcbResult, _In_ ULONG dwFlags);

DDI(cng, "EXE-612", "bcrypt/nf-bcrypt-bcryptduplicatekey") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptDuplicateKey(_In_ BCRYPT_KEY_HANDLE hKey, _Out_ BCRYPT_KEY_HANDLE *phNewKey, _Out_writes_bytes_opt_(cbKeyObject) PUCHAR pbKeyObject,
                                  _In_ ULONG cbKeyObject, _In_ ULONG dwFlags);

DDI(cng, "EXE-612", "bcrypt/nf-bcrypt-bcryptdestroykey") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptDestroyKey(_Inout_ BCRYPT_KEY_HANDLE hKey);

DDI(cng, "EXE-612", "bcrypt/nf-bcrypt-bcryptencrypt") DDI_GAP("asymmetric keys; chained calls with CCM") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptEncrypt(_Inout_ BCRYPT_KEY_HANDLE hKey, _In_reads_bytes_opt_(cbInput) PUCHAR pbInput, _In_ ULONG cbInput,
                             _In_opt_ PVOID pPaddingInfo, _Inout_ PUCHAR pbIV, _In_ ULONG cbIV, _Out_writes_bytes_opt_(cbOutput) PUCHAR pbOutput,
                             _In_ ULONG cbOutput, _Out_ ULONG *pcbResult, _In_ ULONG dwFlags);

DDI(cng, "EXE-612", "bcrypt/nf-bcrypt-bcryptdecrypt") DDI_GAP("asymmetric keys; chained calls with CCM") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptDecrypt(_Inout_ BCRYPT_KEY_HANDLE hKey, _In_reads_bytes_opt_(cbInput) PUCHAR pbInput, _In_ ULONG cbInput,
                             _In_opt_ PVOID pPaddingInfo, _Inout_ PUCHAR pbIV, _In_ ULONG cbIV, _Out_writes_bytes_opt_(cbOutput) PUCHAR pbOutput,
                             _In_ ULONG cbOutput, _Out_ ULONG *pcbResult, _In_ ULONG dwFlags);

/* ---- key derivation ---- */
DDI(cng, "EXE-613", "bcrypt/nf-bcrypt-bcryptkeyderivation") DDI_GAP("SP800_108_CTR_HMAC and PBKDF2 only") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptKeyDerivation(_In_ BCRYPT_KEY_HANDLE hKey, _In_opt_ BCryptBufferDesc *pParameterList,
                                   _Out_writes_bytes_(cbDerivedKey) PUCHAR pbDerivedKey, _In_ ULONG cbDerivedKey, _Out_ ULONG *pcbResult,
                                   _In_ ULONG dwFlags);

DDI(cng, "EXE-613", "bcrypt/nf-bcrypt-bcryptderivekeypbkdf2") _IRQL_requires_max_(2)
NTSTATUS NTAPI BCryptDeriveKeyPBKDF2(_In_ BCRYPT_ALG_HANDLE hPrf, _In_reads_bytes_opt_(cbPassword) PUCHAR pbPassword, _In_ ULONG cbPassword,
                                     _In_reads_bytes_opt_(cbSalt) PUCHAR pbSalt, _In_ ULONG cbSalt, _In_ ULONGLONG cIterations,
                                     _Out_writes_bytes_(cbDerivedKey) PUCHAR pbDerivedKey, _In_ ULONG cbDerivedKey, _In_ ULONG dwFlags);

WK_EXTERN_C_END

#endif
