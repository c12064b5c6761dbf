// A kernel that refuses to size a pipe, with every errno of F_SETPIPE_SZ: the size is advice, so bytes are spliced as
// before, through smaller pipes. Who asks for a size by name is told.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

[KernelOnly(Why.Mechanism)]
public sealed class PipeSizeTests
{
    private const int Total = 3_000_017;

    [Theory]
    [InlineData(Errno.EPERM)]
    [InlineData(Errno.EBUSY)]
    [InlineData(Errno.EINVAL)]
    [InlineData(Errno.ENOMEM)]
    [InlineData(Errno.ENOSYS)]
    public void A_pipe_that_cannot_be_sized_is_used_as_it_is(Errno error)
        => Assert.Contains("done", ChildProcess.Run<PipeSizeChild>([$"{error}"]), StringComparison.Ordinal);

    internal sealed class PipeSizeChild : IChild
    {
        private const int DefaultBytes = 64 * 1024;

        public int Run(string[] args)
        {
            if (!File.Exists("/proc/sys/kernel/seccomp/actions_avail"))
            {
                return ChildProcess.Skip("this kernel has no seccomp filters");
            }

            Errno error = Enum.Parse<Errno>(args[0]);
            ReadyThreads.Start();
            FdCaches.Empty(); // Pipes made so far have their size.
            Libc.RefuseCommand((int)error, Libc.NumberOf("fcntl"), Libc.SetPipeSize);
            Moves().GetAwaiter().GetResult();
            Sizes(error);
            Console.WriteLine("done");
            return 0;
        }

        private static async Task Moves()
        {
            using Rig rig = new(Family.Tcp, Family.Unix);
            Task<long> writer = Peer.Write(rig.Writer, Total);
            Task<Received> reader = Peer.Read(rig.Reader);
            TransferResult result = await rig.Start(
                Call.Async, new TransferOptions { Mode = TransferMode.RequireZeroCopy }).Within("the transfer");
            rig.Destination.Shutdown(SocketShutdown.Send);
            await Peer.AssertAll(Total, writer, reader);
            Assert.Equal((Total, 0), (result.BytesSpliced, result.FallbackError));
        }

        private static void Sizes(Errno error)
        {
            using Pipe pipe = Pipe.Create(4 * DefaultBytes);
            Assert.Equal(DefaultBytes, pipe.Capacity);
            IOException thrown = Assert.Throws<IOException>(() => pipe.Capacity = 2 * DefaultBytes);
            Assert.Contains($"fcntl failed: {error}", thrown.Message, StringComparison.Ordinal);
            pipe.Write("stays"u8);
            byte[] buffer = new byte[6];
            Assert.Equal(5, pipe.Read(buffer));
            Assert.Equal("stays"u8, buffer.AsSpan(0, 5));
        }
    }
}
