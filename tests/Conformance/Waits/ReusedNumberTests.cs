// A descriptor that was closed unnoticed and whose number came back, on one loop: whoever watches the new one is told.
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Waits;

public sealed class ReusedNumberTests
{
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(false)]
    [InlineData(true)] // Who waits by another handle for what was closed does not get what is there now.
    [KernelOnly(Why.Mechanism)]
    public async Task What_was_forgotten_late_takes_nobody_elses_watch_away(bool hasOtherHandle)
    {
        using Scenario scenario = new(hasOtherHandle);
        scenario.Post();
        await scenario.Told.Task.Within("the edge of the new descriptor", 2000);
        scenario.Post();
        await scenario.Over.Task.Within("the end");
    }

    private sealed class Scenario : LoopWork, IFdWatcher, IReadinessHandler, IDisposable
    {
        private readonly FlowHost _host = LoopGroup.Default.ForPair(typeof(Scenario), typeof(Scenario));
        private readonly SafeFileHandle _closed;
        private readonly SafeFileHandle _reused;
        private readonly SafeFileHandle _writeEnd;
        private readonly Reused _watcher = new();
        private readonly bool _hasOtherHandle;
        private ulong? _token;

        internal Scenario(bool hasOtherHandle)
        {
            _hasOtherHandle = hasOtherHandle;
            Assert.False(Syscall.Pipe2(out int read, out int write, PipeFlags.CloseOnExec).IsError);
            new SafeFileHandle(write, ownsHandle: true).Dispose();
            _closed = new SafeFileHandle(read, ownsHandle: true);
            Assert.False(Syscall.Pipe2(out int other, out write, PipeFlags.CloseOnExec).IsError);
            _reused = new SafeFileHandle(other, ownsHandle: true);
            _writeEnd = new SafeFileHandle(write, ownsHandle: true);
        }

        public System.Runtime.InteropServices.SafeHandle Handle => _closed;

        internal TaskCompletionSource Told => _watcher.Told;

        internal TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnReadiness(Readiness readiness)
        {
        }

        public void Dispose()
        {
            _closed.Dispose();
            _reused.Dispose();
            _writeEnd.Dispose();
        }

        protected override void Enqueue() => _host.Loop.Enqueue(this);

        protected override bool Failed(Exception exception)
        {
            _ = Told.TrySetException(exception);
            _ = Over.TrySetException(exception);
            return false;
        }

        protected override bool Turn()
        {
            if (_token is { } token)
            {
                _host.Loop.Unwatch(BorrowedFd.FromRaw(_watcher.Fd), token);
                Libc.Close(_watcher.Fd);
                Over.SetResult();
                return false;
            }

            // Watched by a handle that is closed then; its number comes back as another pipe's.
            Assert.True(FdLease.TryAcquire(_closed, out FdLease lease));
            int number = lease.Raw;
            Registration? registration = _host.Watches.Attach(_closed, lease.Fd, keepsLease: false, this, out _);
            lease.Release();
            using Other other = new(number);
            if (_hasOtherHandle)
            {
                Assert.Same(registration, _host.Watches.Attach(
                    _closed, BorrowedFd.FromRaw(number), keepsLease: false, other, out _));
            }

            _closed.Dispose();
            Assert.True(FdLease.TryAcquire(_reused, out lease));
            Libc.DuplicateTo(lease.Raw, number);
            lease.Release();
            _watcher.Fd = number;
            Errno error = _host.Loop.Watch(
                BorrowedFd.FromRaw(number), EpollReadiness.Watched, _watcher, out ulong watch);
            Assert.Equal((Errno)0, error);
            _token = watch;

            Assert.True(registration!.Look(), "it is closed, and that is noticed only now");
            _host.Watches.Detach(registration, this);
            if (_hasOtherHandle)
            {
                _host.Watches.Detach(registration, other);
            }

            Assert.True(FdLease.TryAcquire(_writeEnd, out lease));
            Assert.Equal(1, Syscall.Write(lease.Fd, "x"u8).Value);
            lease.Release();
            return false;
        }
    }

    private sealed class Other(int number) : IFdWatcher, IDisposable
    {
        private readonly SafeFileHandle _handle = new(number, ownsHandle: false);

        public System.Runtime.InteropServices.SafeHandle Handle => _handle;

        public void OnReadiness(Readiness readiness)
        {
        }

        public void Dispose() => _handle.Dispose();
    }

    private sealed class Reused : IReadinessHandler
    {
        internal int Fd { get; set; }

        internal TaskCompletionSource Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnReadiness(Readiness readiness) => Told.TrySetResult();
    }
}
