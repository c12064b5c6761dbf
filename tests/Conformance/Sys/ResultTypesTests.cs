// Errno, SysResult and BorrowedFd: the three values that every call speaks in.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Sys;

[KernelOnly(Why.NotTheLibrary)]
public sealed class ResultTypesTests
{
    [Fact]
    public void An_errno_knows_its_name_and_its_text()
    {
        Assert.Equal("EINVAL", Errno.EINVAL.Name());
        Assert.Equal("EAGAIN", Errno.EAGAIN.Name());
        Assert.Equal("Invalid argument", Errno.EINVAL.Describe());
    }

    [Fact]
    public void An_unknown_errno_survives_as_a_number()
    {
        SysResult result = SysResult.FromErrno((Errno)4000);

        Assert.Equal((Errno)4000, result.Errno);
        Assert.Equal("4000", result.Errno.Name());
        Assert.NotEmpty(result.Errno.Describe());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void A_value_is_no_error(int value)
    {
        SysResult result = SysResult.FromReturn(value);

        Assert.False(result.IsError);
        Assert.False(result.IsWouldBlock);
        Assert.Equal(Errno.None, result.Errno);
        Assert.Equal(value, result.Value);
        Assert.Equal(value, result.Raw);
        Assert.Equal(SysResult.FromValue(value), result);
    }

    [Fact]
    public void A_failure_carries_the_errno_of_the_call_before()
    {
        SysResult result = Syscall.Read(default, stackalloc byte[1]);

        Assert.True(result.IsError);
        Assert.False(result.IsWouldBlock);
        Assert.Equal(Errno.EBADF, result.Errno);
        Assert.Equal(-(int)Errno.EBADF, result.Raw);
        Assert.Equal("EBADF", result.ToString());
        Assert.Equal(SysResult.FromErrno(Errno.EBADF), result);
        Assert.NotEqual(SysResult.FromErrno(Errno.EAGAIN), result);
    }

    [Fact]
    public void Only_EAGAIN_is_would_block()
    {
        foreach (Errno errno in Enum.GetValues<Errno>().Where(errno => errno != Errno.None))
        {
            SysResult result = SysResult.FromErrno(errno);
            Assert.Equal(errno, result.Errno);
            Assert.Equal(errno == Errno.EAGAIN, result.IsWouldBlock);
        }
    }

    [Fact]
    public void The_default_descriptor_is_none_and_not_standard_input()
    {
        BorrowedFd none = default;
        Assert.Equal(-1, none.Raw);
        Assert.False(none.IsValid);
        Assert.False(BorrowedFd.FromRaw(-1).IsValid);

        BorrowedFd input = BorrowedFd.FromRaw(0);
        Assert.Equal(0, input.Raw);
        Assert.True(input.IsValid);
        Assert.Equal(int.MaxValue, BorrowedFd.FromRaw(int.MaxValue).Raw);
    }
}
