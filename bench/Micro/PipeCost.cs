using System.IO.Pipes;
using BenchmarkDotNet.Attributes;
using Zerocopy.Sys;

namespace Zerocopy.Bench.Micro;

/// <summary>What does a <see cref="Pipe"/> add to a write and a read of the kernel's?</summary>
public class PipeCost
{
    private readonly Pipe _pipe = Pipe.Create();
    private OwnedFd _readEnd = null!;
    private OwnedFd _writeEnd = null!;
    private AnonymousPipeServerStream _server = null!;
    private AnonymousPipeClientStream _client = null!;
    private byte[] _message = [];
    private byte[] _received = [];

    [Params(1024, 16 * 1024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Open()
    {
        (_readEnd, _writeEnd) = Ends.Pipe();
        _server = new AnonymousPipeServerStream(PipeDirection.Out);
        _client = new AnonymousPipeClientStream(PipeDirection.In, _server.ClientSafePipeHandle);
        _message = new byte[Bytes];
        _received = new byte[Bytes];
    }

    [GlobalCleanup]
    public void Close()
    {
        _pipe.Dispose();
        _readEnd.Dispose();
        _writeEnd.Dispose();
        _server.Dispose();
        _client.Dispose();
    }

    [Benchmark(Baseline = true), AllocationFree]
    public nint SystemCalls()
    {
        SysResult written = Syscall.Write(_writeEnd.Borrow(), _message);
        SysResult read = Syscall.Read(_readEnd.Borrow(), _received);
        Ends.Require(written == read);
        return read.Raw;
    }

    [Benchmark, AllocationFree]
    public int Sync()
    {
        _pipe.Write(_message);
        return _pipe.Read(_received);
    }

    /// <summary>Both end at once: nothing has to wait.</summary>
    [Benchmark, AllocationFree]
    public int AsyncAtOnce()
    {
        ValueTask write = _pipe.WriteAsync(_message);
        if (!write.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("It had to wait.");
        }

        write.GetAwaiter().GetResult();
        return Ends.Wait(_pipe.ReadAsync(_received));
    }

    [Benchmark, AllocationFree]
    public int AnonymousPipeStreams()
    {
        _server.Write(_message);
        return _client.Read(_received);
    }
}
