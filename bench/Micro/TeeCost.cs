using BenchmarkDotNet.Attributes;
using Zerocopy.Sys;

namespace Zerocopy.Bench.Micro;

/// <summary>What does a step of a tee add to its system calls: a message goes into one pipe and comes out of
/// two?</summary>
public class TeeCost
{
    private const int MessageBytes = 4096;

    private readonly byte[] _message = new byte[MessageBytes];
    private readonly byte[] _received = new byte[MessageBytes];
    private readonly Pipe _pipe = Pipe.Create();
    private readonly Pipe _target = Pipe.Create();
    private (OwnedFd ReadEnd, OwnedFd WriteEnd) _bare;
    private (OwnedFd ReadEnd, OwnedFd WriteEnd) _bareTarget;

    [GlobalSetup]
    public void Open()
    {
        _ = _pipe.Tee(_target);
        _bare = Ends.Pipe();
        _bareTarget = Ends.Pipe();
    }

    [GlobalCleanup]
    public void Close()
    {
        _pipe.Dispose();
        _target.Dispose();
        _bare.ReadEnd.Dispose();
        _bare.WriteEnd.Dispose();
        _bareTarget.ReadEnd.Dispose();
        _bareTarget.WriteEnd.Dispose();
    }

    [Benchmark(Baseline = true), AllocationFree]
    public nint SystemCalls()
    {
        SysResult written = Syscall.Write(_bare.WriteEnd.Borrow(), _message);
        SysResult teed = Syscall.Tee(
            _bare.ReadEnd.Borrow(), _bareTarget.WriteEnd.Borrow(), MessageBytes, SpliceFlags.NonBlock);
        SysResult read = Syscall.Read(_bare.ReadEnd.Borrow(), _received);
        SysResult readAgain = Syscall.Read(_bareTarget.ReadEnd.Borrow(), _received);
        Ends.Require(written == teed && teed == read && read == readAgain);
        return read.Raw;
    }

    [Benchmark, AllocationFree]
    public int TeedPipe()
    {
        _pipe.Write(_message);
        int read = _pipe.Read(_received);
        Ends.Require(read == MessageBytes && _target.Read(_received) == MessageBytes);
        return read;
    }
}
