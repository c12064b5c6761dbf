using System.Net.Sockets;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Zerocopy.Sys;

namespace Zerocopy.Bench.Micro;

/// <summary>What does it cost to keep a descriptor's number from being closed and used again?</summary>
public class LeaseCost
{
    private Socket _socket = null!;
    private Socket _peer = null!;
    private OwnedFd _owned = null!;
    private OwnedFd _other = null!;

    [GlobalSetup]
    public void Open()
    {
        (_socket, _peer) = Ends.Sockets();
        (_owned, _other) = Ends.Pipe();
    }

    [GlobalCleanup]
    public void Close()
    {
        _socket.Dispose();
        _peer.Dispose();
        _owned.Dispose();
        _other.Dispose();
    }

    /// <summary>What the runtime itself does around an import that takes a SafeHandle.</summary>
    [Benchmark(Baseline = true), AllocationFree]
    public bool AddRefAndRelease()
    {
        SafeHandle handle = _owned;
        bool added = false;
        handle.DangerousAddRef(ref added);
        handle.DangerousRelease();
        return added;
    }

    [Benchmark, AllocationFree]
    public int LeaseOfOurs()
    {
        using FdLease lease = Ends.Lease(_owned);
        return lease.Raw;
    }

    [Benchmark, AllocationFree]
    public int LeaseOfSocket()
    {
        using FdLease lease = Ends.Lease(_socket.SafeHandle);
        return lease.Raw;
    }
}
