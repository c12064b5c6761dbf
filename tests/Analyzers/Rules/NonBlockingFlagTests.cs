using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1016.</summary>
public sealed class NonBlockingFlagTests
{
    [Theory]
    [InlineData("""
        static class Native
        {
            internal const int F_SETFL = 4, F_GETFL = 3, O_NONBLOCK = 0x800;
            [Import("libc")] internal extern static int fcntl(int fd, int command, int flags);
            [Import("libc", EntryPoint = "ioctl")] internal extern static int Control(nint fd, uint request, ref int on);
        }
        class C { void M(Socket a, SafeFileHandle h, int fd, int flags) { {|ZC1016:Native.fcntl((int)a.Handle, Native.F_SETFL, flags | Native.O_NONBLOCK)|}; } }
        """)]
    [InlineData("""
        static class Native
        {
            internal const int F_SETFL = 4, F_GETFL = 3, O_NONBLOCK = 0x800;
            [Import("libc")] internal extern static int fcntl(int fd, int command, int flags);
            [Import("libc", EntryPoint = "ioctl")] internal extern static int Control(nint fd, uint request, ref int on);
        }
        class C { void M(Socket a, SafeFileHandle h, int fd, int flags) { {|ZC1016:Native.fcntl(a.SafeHandle.DangerousGetHandle().ToInt32(), 4, 0)|}; } }
        """)]
    [InlineData("""
        static class Native
        {
            internal const int F_SETFL = 4, F_GETFL = 3, O_NONBLOCK = 0x800;
            [Import("libc")] internal extern static int fcntl(int fd, int command, int flags);
            [Import("libc", EntryPoint = "ioctl")] internal extern static int Control(nint fd, uint request, ref int on);
        }
        class C { void M(Socket a, SafeFileHandle h, int fd, int flags) { int n = (int)a.Handle; {|ZC1016:Native.fcntl(n, Native.F_SETFL, flags)|}; } }
        """)]
    [InlineData("""
        static class Native
        {
            internal const int F_SETFL = 4, F_GETFL = 3, O_NONBLOCK = 0x800;
            [Import("libc")] internal extern static int fcntl(int fd, int command, int flags);
            [Import("libc", EntryPoint = "ioctl")] internal extern static int Control(nint fd, uint request, ref int on);
        }
        class C { void M(Socket a, SafeFileHandle h, int fd, int flags) { int on = 1; {|ZC1016:Native.Control(a.Handle, 0x5421, ref on)|}; } }
        """)]
    public Task Found(string source) => Verify.File(source);

    [Theory]
    [InlineData("""
        static class Native
        {
            internal const int F_SETFL = 4, F_GETFL = 3, O_NONBLOCK = 0x800;
            [Import("libc")] internal extern static int fcntl(int fd, int command, int flags);
            [Import("libc", EntryPoint = "ioctl")] internal extern static int Control(nint fd, uint request, ref int on);
        }
        class C { void M(Socket a, SafeFileHandle h, int fd, int flags) { Native.fcntl((int)a.Handle, Native.F_GETFL, 0); } }
        """)]
    [InlineData("""
        static class Native
        {
            internal const int F_SETFL = 4, F_GETFL = 3, O_NONBLOCK = 0x800;
            [Import("libc")] internal extern static int fcntl(int fd, int command, int flags);
            [Import("libc", EntryPoint = "ioctl")] internal extern static int Control(nint fd, uint request, ref int on);
        }
        class C { void M(Socket a, SafeFileHandle h, int fd, int flags) { Native.fcntl(fd, Native.F_SETFL, flags | Native.O_NONBLOCK); } }
        """)]
    [InlineData("""
        static class Native
        {
            internal const int F_SETFL = 4, F_GETFL = 3, O_NONBLOCK = 0x800;
            [Import("libc")] internal extern static int fcntl(int fd, int command, int flags);
            [Import("libc", EntryPoint = "ioctl")] internal extern static int Control(nint fd, uint request, ref int on);
        }
        class C { void M(Socket a, SafeFileHandle h, int fd, int flags) { Native.fcntl((int)h.DangerousGetHandle(), Native.F_SETFL, flags); } }
        """)]
    [InlineData("""
        static class Native
        {
            internal const int F_SETFL = 4, F_GETFL = 3, O_NONBLOCK = 0x800;
            [Import("libc")] internal extern static int fcntl(int fd, int command, int flags);
            [Import("libc", EntryPoint = "ioctl")] internal extern static int Control(nint fd, uint request, ref int on);
        }
        class C { void M(Socket a, SafeFileHandle h, int fd, int flags) { int on = 1; Native.Control(a.Handle, 0x541B, ref on); } }
        """)]
    [InlineData("""
        static class Native
        {
            internal const int F_SETFL = 4, F_GETFL = 3, O_NONBLOCK = 0x800;
            [Import("libc")] internal extern static int fcntl(int fd, int command, int flags);
            [Import("libc", EntryPoint = "ioctl")] internal extern static int Control(nint fd, uint request, ref int on);
        }
        class C { void M(Socket a, SafeFileHandle h, int fd, int flags) { a.Blocking = false; } }
        """)]
    [InlineData("class C { static int fcntl(nint fd, int c, int f) => 0; void M(Socket a) => fcntl(a.Handle, 4, 0x800); }")]
    public Task Not_found(string source) => Verify.File(source);

    [Fact]
    public Task Blocking_is_set()
        => Verify.FixFile<BlockingFix>(
            """
            static class Native
            {
                internal const int F_SETFL = 4, F_GETFL = 3, O_NONBLOCK = 0x800;
                [Import("libc")] internal extern static int fcntl(int fd, int command, int flags);
                [Import("libc", EntryPoint = "ioctl")] internal extern static int Control(nint fd, uint request, ref int on);
            }
            class C { void M(Socket a, SafeFileHandle h, int fd, int flags) { {|ZC1016:Native.fcntl((int)a.Handle, Native.F_SETFL, flags | Native.O_NONBLOCK)|}; } }
            """,
            """
            static class Native
            {
                internal const int F_SETFL = 4, F_GETFL = 3, O_NONBLOCK = 0x800;
                [Import("libc")] internal extern static int fcntl(int fd, int command, int flags);
                [Import("libc", EntryPoint = "ioctl")] internal extern static int Control(nint fd, uint request, ref int on);
            }
            class C { void M(Socket a, SafeFileHandle h, int fd, int flags) { a.Blocking = false; } }
            """);

    [Fact]
    public Task Not_where_it_may_be_taken_away()
        => Verify.FixFile<BlockingFix>(
            """
            static class Native
            {
                internal const int F_SETFL = 4, F_GETFL = 3, O_NONBLOCK = 0x800;
                [Import("libc")] internal extern static int fcntl(int fd, int command, int flags);
                [Import("libc", EntryPoint = "ioctl")] internal extern static int Control(nint fd, uint request, ref int on);
            }
            class C { void M(Socket a, SafeFileHandle h, int fd, int flags) { {|ZC1016:Native.fcntl((int)a.Handle, Native.F_SETFL, flags)|}; } }
            """,
            """
            static class Native
            {
                internal const int F_SETFL = 4, F_GETFL = 3, O_NONBLOCK = 0x800;
                [Import("libc")] internal extern static int fcntl(int fd, int command, int flags);
                [Import("libc", EntryPoint = "ioctl")] internal extern static int Control(nint fd, uint request, ref int on);
            }
            class C { void M(Socket a, SafeFileHandle h, int fd, int flags) { {|ZC1016:Native.fcntl((int)a.Handle, Native.F_SETFL, flags)|}; } }
            """);
}
