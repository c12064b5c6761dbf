// Handles of types that the program has written: their code runs where the program disposes them, and nowhere else.
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.UserCode;

public sealed class ForeignHandleTests
{
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync, true)]
    [InlineData(Call.Async, true)]
    [InlineData(Call.Sync, false)]
    [InlineData(Call.Async, false)]
    [Cases("F-07")]
    public async Task A_release_that_throws_throws_at_its_dispose_and_ends_the_transfer(Call call, bool isSource)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        int disposer = 0;
        HostileHandle handle = new(isSource ? rig.Source : rig.Destination, releases: () =>
        {
            Assert.Equal(disposer, Environment.CurrentManagedThreadId);
            throw new InvalidTimeZoneException();
        });
        Task<TransferResult> transfer = Rig.Start(
            call, isSource ? handle : rig.Source, isSource ? rig.Destination : handle);
        rig.Writer.Send("hello"u8);
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 5));

        disposer = Environment.CurrentManagedThreadId;
        Assert.Throws<InvalidTimeZoneException>(handle.Dispose);

        TransferDisposedException ended = await Assert.ThrowsAsync<TransferDisposedException>(
            () => transfer.Within("the transfer"));
        Assert.Equal(isSource ? TransferSide.Source : TransferSide.Destination, ended.Side);
        Assert.Equal(5, ended.Progress.BytesWritten);
        await Untouched.AssertReleased(rig);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("F-07")]
    public async Task What_it_says_of_itself_is_not_asked_on_a_loop(Call call)
    {
        using Rig rig = new(Family.Unix, Family.Tcp);
        using HostileHandle source = new(rig.Source);
        using HostileHandle destination = new(rig.Destination);
        Task<TransferResult> transfer = Rig.Start(call, source, destination);
        rig.Writer.Send("hello"u8);
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 5));
        source.SaysInvalid = destination.SaysInvalid = true;
        rig.Writer.Send("world"u8);
        rig.Writer.Shutdown(SocketShutdown.Send);

        Assert.Equal(10, (await transfer.Within("the transfer")).BytesWritten);

        Assert.DoesNotContain(
            source.Threads.Concat(destination.Threads),
            name => name?.StartsWith("Zerocopy ", StringComparison.Ordinal) == true);
        await Untouched.AssertReleased(rig);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-07")]
    public async Task A_relay_that_owns_it_carries_what_its_release_throws()
    {
        InvalidTimeZoneException cause = new();
        using Rig rig = new(Family.Tcp, Family.Tcp);
        HostileHandle left = new(rig.Source, releases: () => throw cause);
        rig.Writer.Shutdown(SocketShutdown.Send);
        rig.Reader.Shutdown(SocketShutdown.Send);

        RelayResult result = await Relay.RunAsync(left, rig.Destination, new RelayOptions { CloseEndpoints = true })
            .Within("the relay");

        Assert.Equal(RelayEnd.LeftFailed, result.EndedBy);
        Assert.Same(cause, result.Exception);
        Assert.True(rig.Destination.SafeHandle.IsClosed);
        await Untouched.AssertReleased(rig);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("F-07")]
    public async Task A_file_behind_one_is_moved_and_its_position_too(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, Pattern.Default.Bytes(0, 300_000));
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
            using HostileHandle handle = new(file);
            Task<Received> reader = Peer.Read(rig.Reader);
            foreach (long limit in (long[])[100_000, 150_000, 100_000])
            {
                _ = await Rig.Start(call, handle, rig.Destination, new TransferOptions { LimitBytes = limit })
                    .Within("a part");
            }

            rig.Destination.Shutdown(SocketShutdown.Send);
            Assert.Equal(new Received(300_000, SocketError.Success), await reader.Within("the reader"));
        }
        finally
        {
            File.Delete(path);
        }

        await Untouched.AssertReleased(rig);
    }

    private sealed class HostileHandle : SafeHandle
    {
        private readonly SafeHandle _real;
        private readonly Action? _releases;
        private bool _isReleased;

        public HostileHandle(Socket socket, Action? releases = null)
            : this(socket.SafeHandle, releases)
        {
        }

        public HostileHandle(SafeHandle real, Action? releases = null)
            : base(-1, ownsHandle: true)
        {
            _real = real;
            _releases = releases;
            Assert.True(FdLease.TryAcquire(real, out FdLease lease));
            SetHandle(lease.Raw);
            lease.Release();
        }

        public bool SaysInvalid { get; set; }

        public List<string?> Threads { get; } = [];

        public override bool IsInvalid
        {
            get
            {
                lock (Threads)
                {
                    Threads.Add(Thread.CurrentThread.Name);
                }

                return SaysInvalid;
            }
        }

        protected override bool ReleaseHandle()
        {
            GC.KeepAlive(_real); // Its owner closes the descriptor.
            if (!_isReleased)
            {
                _isReleased = true;
                _releases?.Invoke();
            }

            return true;
        }
    }
}
