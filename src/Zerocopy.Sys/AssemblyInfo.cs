// What holds for the whole assembly: every native signature is blittable. What calls the kernel is
// marked as Linux only, type by type; plain data (Errno, SysResult, BorrowedFd, FdLease, the flags) is
// not, so that code for every platform can mention it.
using System.Runtime.CompilerServices;

[assembly: DisableRuntimeMarshalling] // LibraryImport saves errno itself; nothing is marshalled.
