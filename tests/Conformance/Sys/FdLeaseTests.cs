// FdLease and OwnedFd: a descriptor is closed once, and never while somebody uses it.
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Sys;

[KernelOnly(Why.NotTheLibrary)]
public sealed class FdLeaseTests
{
    [Fact]
    public void A_lease_lends_the_number_of_an_open_handle()
    {
        using FdPair pipe = FdPair.Pipe();

        Assert.True(FdLease.TryAcquire(pipe.First, out FdLease lease));
        Assert.True(lease.IsHeld);
        Assert.True(lease.Fd.IsValid);
        Assert.Equal(pipe.A.Raw, lease.Raw);
        Assert.Equal(pipe.A.Raw, lease.Fd.Raw);

        lease.Release();
        Assert.False(lease.IsHeld);
        Assert.Equal(-1, lease.Raw);
        Assert.False(lease.Fd.IsValid);
    }

    [Fact]
    public void Releasing_twice_gives_back_one_reference()
    {
        using FdPair pipe = FdPair.Pipe();
        Assert.True(FdLease.TryAcquire(pipe.First, out FdLease lease));
        Assert.True(FdLease.TryAcquire(pipe.First, out FdLease other));

        lease.Release();
        lease.Release();
        lease.Dispose();
        pipe.First.Dispose();

        // The other reference still stands: the pipe has a reader.
        Result.Is(1, Syscall.Write(pipe.B, "x"u8));
        other.Release();
        Result.Fails(Errno.EPIPE, Syscall.Write(pipe.B, "x"u8));
    }

    [Fact]
    public void A_handle_that_is_closed_invalid_or_null_lends_nothing()
    {
        FdPair pipe = FdPair.Pipe();
        pipe.Dispose();
        using SafeFileHandle invalid = new(-1, ownsHandle: true);

        Assert.False(FdLease.TryAcquire(pipe.First, out FdLease closed));
        Assert.False(FdLease.TryAcquire(invalid, out FdLease unset));
        Assert.False(FdLease.TryAcquire(null, out FdLease missing));
        Assert.False(closed.IsHeld || unset.IsHeld || missing.IsHeld);
        closed.Release();
    }

    [Fact]
    public void A_default_lease_holds_nothing()
    {
        FdLease lease = default;

        Assert.False(lease.IsHeld);
        Assert.Equal(-1, lease.Raw);
        lease.Release();
        lease.Dispose();
    }

    [Fact]
    public void A_disposed_handle_stays_open_until_the_lease_is_released()
    {
        using FdPair pipe = FdPair.Pipe();
        Assert.True(FdLease.TryAcquire(pipe.Second, out FdLease lease));

        pipe.Second.Dispose();
        Result.Is(3, Syscall.Write(lease.Fd, "abc"u8));
        Assert.False(pipe.Second.IsClosed); // The handle tells the truth only after the release.
        lease.Release();

        Assert.True(pipe.Second.IsClosed);
        Result.Is(3, Syscall.Read(pipe.A, stackalloc byte[8]));
        Result.Is(0, Syscall.Read(pipe.A, stackalloc byte[8])); // The last writer is gone.
    }

    [Fact]
    public void Acquire_and_dispose_may_race_without_an_exception()
    {
        byte[] buffer = new byte[1];
        for (int round = 0; round < 200; round++)
        {
            using FdPair pipe = FdPair.Pipe();
            using Barrier start = new(2);
            Task disposer = Task.Run(() =>
            {
                start.SignalAndWait();
                pipe.First.Dispose();
            });
            start.SignalAndWait();
            while (FdLease.TryAcquire(pipe.First, out FdLease lease))
            {
                Result.Fails(Errno.EAGAIN, Syscall.Read(lease.Fd, buffer));
                lease.Release();
            }

            Assert.True(disposer.Wait(10_000));
            Result.Fails(Errno.EPIPE, Syscall.Write(pipe.B, "x"u8));
        }
    }

    [Fact]
    public void An_owner_closes_its_descriptor_once()
    {
        using FdPair pipe = FdPair.Pipe();
        Result.Is(1, Syscall.Write(pipe.B, "x"u8));

        pipe.First.Dispose();
        pipe.First.Dispose();

        Assert.False(pipe.A.IsValid);
        Result.Fails(Errno.EPIPE, Syscall.Write(pipe.B, "x"u8));
        using OwnedFd none = OwnedFd.FromRaw(-1);
        Assert.True(none.IsInvalid);
        Assert.False(none.Borrow().IsValid);
    }

    [Fact]
    public void Close_is_asked_once_and_tells_what_happened()
    {
        Result.Ok(Syscall.Pipe2(out int read, out int write, PipeFlags.CloseOnExec));

        Result.Is(0, Syscall.Close(read));
        Result.Fails(Errno.EPIPE, Syscall.Write(BorrowedFd.FromRaw(write), "x"u8));
        Result.Is(0, Syscall.Close(write));
        Result.Fails(Errno.EBADF, Syscall.Close(-1));
    }
}
