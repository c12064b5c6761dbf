using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1016.</summary>
public sealed class NonBlockingFlagTests
{
    private const string Native = """
        static class Native
        {
            internal const int F_SETFL = 4, F_GETFL = 3, O_NONBLOCK = 0x800;

            [Import("libc")]
            internal extern static int fcntl(int fd, int command, int flags);

            [Import("libc", EntryPoint = "ioctl")]
            internal extern static int Control(nint fd, uint request, ref int on);
        }

        """;

    [Theory]
    [InlineData("{|ZC1016:Native.fcntl((int)a.Handle, Native.F_SETFL, flags | Native.O_NONBLOCK)|};")]
    [InlineData("{|ZC1016:Native.fcntl(a.SafeHandle.DangerousGetHandle().ToInt32(), 4, 0)|};")]
    [InlineData("int n = (int)a.Handle; {|ZC1016:Native.fcntl(n, Native.F_SETFL, flags)|};")]
    [InlineData("int on = 1; {|ZC1016:Native.Control(a.Handle, 0x5421, ref on)|};")]
    public Task Found(string statements) => Verify.File(Around(statements));

    [Theory]
    [InlineData("Native.fcntl((int)a.Handle, Native.F_GETFL, 0);")]
    [InlineData("Native.fcntl(fd, Native.F_SETFL, flags | Native.O_NONBLOCK);")]
    [InlineData("Native.fcntl((int)h.DangerousGetHandle(), Native.F_SETFL, flags);")]
    [InlineData("int on = 1; Native.Control(a.Handle, 0x541B, ref on);")]
    [InlineData("a.Blocking = false;")]
    [InlineData("fcntl(a.Handle, 4, 0x800); static int fcntl(nint fd, int c, int f) => 0;")]
    public Task Not_found(string statements) => Verify.File(Around(statements));

    [Fact]
    public Task Blocking_is_set()
        => Verify.FixFile<BlockingFix>(
            Around("{|ZC1016:Native.fcntl((int)a.Handle, Native.F_SETFL, flags | Native.O_NONBLOCK)|};"),
            Around("a.Blocking = false;"));

    [Fact]
    public Task Not_where_it_may_be_taken_away()
    {
        string source = Around("{|ZC1016:Native.fcntl((int)a.Handle, Native.F_SETFL, flags)|};");
        return Verify.FixFile<BlockingFix>(source, source);
    }

    private static string Around(string statements)
        => $"{Native}class C {{ void M(Socket a, SafeFileHandle h, int fd, int flags) {{ {statements} }} }}";
}
