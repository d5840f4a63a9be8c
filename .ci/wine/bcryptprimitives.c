/* Wine 8 has no bcryptprimitives.dll, and the Rust standard library reads random numbers from its one function. Every
   Windows since 10 has the DLL; this replacement serves tests under Wine only and is never part of a release. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T length) {
    return RtlGenRandom(buffer, (ULONG)length);
}
