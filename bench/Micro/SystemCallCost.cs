using BenchmarkDotNet.Attributes;
using Microsoft.Win32.SafeHandles;
using Zerocopy.Sys;

namespace Zerocopy.Bench.Micro;

/// <summary>What does a wrapper of Zerocopy.Sys add to the call?</summary>
public unsafe class SystemCallCost
{
    private const string OneByte = "one byte";
    private const string WouldBlock = "would block";

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(1, pinned: true);
    private SafeFileHandle _zero = null!;
    private OwnedFd _empty = null!;
    private OwnedFd _writeEnd = null!;
    private int _zeroFd;
    private int _emptyFd;
    private byte* _target;

    [GlobalSetup]
    public void Open()
    {
        _target = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _buffer[0]); // Pinned for good.
        _zero = File.OpenHandle("/dev/zero");
        _zeroFd = Ends.NumberOf(_zero);
        (_empty, _writeEnd) = Ends.Pipe();
        _emptyFd = Ends.NumberOf(_empty);
    }

    [GlobalCleanup]
    public void Close()
    {
        _zero.Dispose();
        _empty.Dispose();
        _writeEnd.Dispose();
    }

    [Benchmark(Baseline = true), BenchmarkCategory(OneByte), AllocationFree]
    public nint BareRead() => Bare.Read(_zeroFd, _target, 1);

    [Benchmark, BenchmarkCategory(OneByte), AllocationFree]
    public nint WrappedRead() => Syscall.Read(BorrowedFd.FromRaw(_zeroFd), _target, 1).Raw;

    [Benchmark, BenchmarkCategory(OneByte), AllocationFree]
    public nint LeasedRead()
    {
        using FdLease lease = Ends.Lease(_zero);
        return Syscall.Read(lease.Fd, _target, 1).Raw;
    }

    [Benchmark, BenchmarkCategory(OneByte), AllocationFree]
    public int RandomAccessRead() => RandomAccess.Read(_zero, _buffer, 0);

    [Benchmark(Baseline = true), BenchmarkCategory(WouldBlock), AllocationFree]
    public nint BareReadOfNothing() => Bare.Read(_emptyFd, _target, 1);

    [Benchmark, BenchmarkCategory(WouldBlock), AllocationFree]
    public bool WrappedReadOfNothing() => Syscall.Read(BorrowedFd.FromRaw(_emptyFd), _target, 1).IsWouldBlock;
}
