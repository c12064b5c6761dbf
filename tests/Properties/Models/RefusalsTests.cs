using FsCheck.Xunit;
using Xunit;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Models;

public sealed class RefusalsTests
{
    // What a socket has pending, which the kernel tells once.
    private static readonly Errno[] s_ofSockets =
    [
        Errno.EPIPE, Errno.ECONNRESET, Errno.ECONNABORTED, Errno.ECONNREFUSED, Errno.ENETRESET, Errno.ETIMEDOUT,
        Errno.ENOTCONN, Errno.EHOSTUNREACH, Errno.EHOSTDOWN, Errno.ENETUNREACH, Errno.ENETDOWN, Errno.EPROTO,
        Errno.ENOBUFS, Errno.ENOMEM, Errno.EFAULT, Errno.EMSGSIZE,
    ];

    private static readonly KernelCall[] s_ofSocketsCalls =
    [
        KernelCall.SpliceFill, KernelCall.SpliceDrain, KernelCall.SpliceSocket, KernelCall.SplicePipe,
        KernelCall.Sendfile, KernelCall.NoWait, KernelCall.Tee,
    ];

    [Fact]
    public void No_error_of_a_socket_is_a_refusal_at_any_position()
    {
        foreach (KernelCall call in s_ofSocketsCalls)
        {
            foreach (Errno error in s_ofSockets)
            {
                Assert.False(Refusals.IsRefusal(call, (int)error), $"{call}, {error}");
                Assert.False(Refusals.IsRefusal(call, (int)error, isAtStart: true), $"{call}, {error} at the start");
            }
        }
    }

    [Fact]
    public void What_sandboxes_say_is_a_refusal_of_every_call()
    {
        foreach (KernelCall call in Enum.GetValues<KernelCall>())
        {
            foreach (Errno error in (Errno[])[Errno.EPERM, Errno.EACCES, Errno.ENOSYS, Errno.EOPNOTSUPP])
            {
                Assert.True(Refusals.IsRefusal(call, (int)error), $"{call}, {error}");
            }
        }
    }

    [Fact]
    public void Want_is_told_from_refusal()
    {
        foreach (Errno error in (Errno[])[Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM])
        {
            Assert.Equal(ErrorMeaning.Want, Refusals.MeaningOf(KernelCall.Pipe2, (int)error));
        }
    }

    // Of the calls where position matters only the copy: there the first byte forgives all but a full disk.
    [Property(MaxTest = 500)]
    public void Position_matters_to_copy_file_range_alone(byte number, Errno error)
    {
        KernelCall call = (KernelCall)(number % Enum.GetValues<KernelCall>().Length);
        bool atStart = Refusals.IsRefusal(call, (int)error, isAtStart: true);
        bool isFull = error is Errno.ENOSPC or Errno.EDQUOT or Errno.EFBIG;
        Assert.Equal(
            call == KernelCall.CopyFileRange ? !isFull : Refusals.IsRefusal(call, (int)error), atStart);
    }

    [Theory]
    [InlineData((int)KernelCall.Sendfile, Errno.EIO, TransferSide.Source)]
    [InlineData((int)KernelCall.Sendfile, Errno.ECONNRESET, TransferSide.Destination)]
    [InlineData((int)KernelCall.Sendfile, Errno.EPIPE, TransferSide.Destination)]
    [InlineData((int)KernelCall.CopyFileRange, Errno.EIO, TransferSide.Source)]
    [InlineData((int)KernelCall.CopyFileRange, Errno.ENOSPC, TransferSide.Destination)]
    [InlineData((int)KernelCall.SpliceFile, Errno.EIO, TransferSide.Source)]
    [InlineData((int)KernelCall.SpliceFile, Errno.EPIPE, TransferSide.Destination)]
    [InlineData((int)KernelCall.SpliceSocket, Errno.ECONNRESET, TransferSide.Source)]
    [InlineData((int)KernelCall.SpliceSocket, Errno.EPIPE, TransferSide.Destination)]
    [InlineData((int)KernelCall.SplicePipe, Errno.ECONNRESET, TransferSide.Destination)]
    [InlineData((int)KernelCall.SpliceFill, Errno.EPIPE, TransferSide.Source)]
    [InlineData((int)KernelCall.SpliceDrain, Errno.EIO, TransferSide.Destination)]
    public void Each_error_is_somebodys(int call, Errno error, TransferSide side)
        => Assert.Equal(side, Refusals.SideOf((KernelCall)call, (int)error));
}
