// Uses the same pipes again and again, allocates nothing itself, and prints what was.
using System.Globalization;
using System.Net.Sockets;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

#pragma warning disable CA2012 // Each value task is asked whether it is over, and consumed once.
namespace Zerocopy.Conformance.Pipes;

internal sealed class PipeAllocationChild : IChild
{
    /// <summary>The quietest part counts for all: what a step allocates is in each of them.</summary>
    private const int Parts = 5;

    private const int Steps = 10_000;
    private const int WarmUpSteps = 3000;
    private const int MessageBytes = 20_000;
    private const int CopiedBytes = 160 * 1024;

    private readonly Pipe _pipe = Pipe.Create();
    private readonly Pipe _target = Pipe.Create();
    private readonly byte[] _buffer = new byte[CopiedBytes];
    private readonly byte[] _message = new byte[CopiedBytes];
    private readonly Rig _rig = new(Family.Unix, Family.Unix, bufferBytes: 24 * 1024);
    private readonly AutoResetEvent _write = new(false);
    private readonly TransferOptions _limited = new() { LimitBytes = MessageBytes };
    private int _filled;

    public int Run(string[] args)
    {
        Pattern.Default.Slice(0, CopiedBytes).CopyTo(_message);
        Action step = args[0] switch
        {
            "sync" => Sync,
            "async" => Async,
            "read that waits" => ReadThatWaits,
            "write that waits" => WriteThatWaits,
            "sync read that waits" => SyncReadThatWaits,
            "create" => Create,
            "transfers" => OneTransfer,
            "teed reads" => TeedRead,
            "teed transfers" => TeedTransfer,
            _ => Copied,
        };
        Prepare(args[0]);
        int steps = args[0].EndsWith("copiers", StringComparison.Ordinal) ? Steps / 4 : Steps;
        Repeat(step, WarmUpSteps);
        long least = long.MaxValue;
        for (int part = 0; part < Parts; part++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Repeat(step, steps / Parts);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{least * Parts} {steps}"));
        Environment.Exit(0); // Copiers and helpers still wait.
        return 0;
    }

    private void Prepare(string what)
    {
        switch (what)
        {
            case "copiers":
                _ = _pipe.ReadFromAsync(_rig.Source).AsTask();
                _ = _pipe.WriteToAsync(_rig.Destination).AsTask();
                break;
            case "sync copiers":
                _ = Deadline.OnThread(() => _pipe.ReadFrom(_rig.Source));
                _ = Deadline.OnThread(() => _pipe.WriteTo(_rig.Destination));
                break;
            case "sync read that waits":
                _ = Deadline.OnThread(() =>
                {
                    while (true)
                    {
                        _write.WaitOne();
                        Thread.SpinWait(5000); // Long enough for the reader to wait, most of the time.
                        _pipe.Write(_message.AsSpan(0, 100));
                    }
                });
                break;
            case "teed reads" or "teed transfers":
                _ = _pipe.Tee(_target);
                break;
            case "write that waits":
                _filled = PipePeer.Fill(_pipe);
                break;
            default:
                break;
        }
    }

    private static void Repeat(Action step, int count)
    {
        for (int i = 0; i < count; i++)
        {
            step();
        }
    }

    private void Sync()
    {
        _pipe.Write(_message.AsSpan(0, MessageBytes));
        Require(_pipe.Read(_buffer) == MessageBytes);
    }

    private void Async()
    {
        ValueTask write = _pipe.WriteAsync(_message.AsMemory(0, MessageBytes));
        Require(write.IsCompletedSuccessfully);
        write.GetAwaiter().GetResult();
        ValueTask<int> read = _pipe.ReadAsync(_buffer);
        Require(read.IsCompletedSuccessfully && read.Result == MessageBytes);
    }

    private void ReadThatWaits()
    {
        ValueTask<int> read = _pipe.ReadAsync(_buffer);
        Require(!read.IsCompleted);
        Thread.Yield();
        _pipe.Write(_message.AsSpan(0, 100));
        Require(Wait(read) == 100);
    }

    private void WriteThatWaits()
    {
        ValueTask write = _pipe.WriteAsync(_message.AsMemory(0, 4096));
        Require(!write.IsCompleted);
        for (int done = 0; done < _filled;)
        {
            done += _pipe.Read(_buffer.AsSpan(0, _filled - done));
        }

        while (!write.IsCompleted)
        {
            Thread.Yield();
        }

        write.GetAwaiter().GetResult();
        _pipe.Write(_message.AsSpan(0, _filled - 4096)); // Full again.
    }

    private void SyncReadThatWaits()
    {
        _write.Set();
        Require(_pipe.Read(_buffer) == 100);
    }

    private void Create()
    {
        using Pipe pipe = Pipe.Create();
        pipe.Write(_message.AsSpan(0, 1));
    }

    private void OneTransfer()
    {
        ValueTask<TransferResult> transfer = Transfer.CopyAsync(_pipe, _rig.Destination, _limited);
        _pipe.Write(_message.AsSpan(0, MessageBytes));
        Receive(MessageBytes);
        Require(Wait(transfer).BytesWritten == MessageBytes);
    }

    private void TeedRead()
    {
        _pipe.Write(_message.AsSpan(0, MessageBytes));
        Require(_pipe.Read(_buffer) == MessageBytes);
        Require(_target.Read(_buffer) == MessageBytes);
    }

    private void TeedTransfer()
    {
        OneTransfer();
        Require(_target.Read(_buffer) == MessageBytes);
    }

    private void Copied()
    {
        for (int sent = 0; sent < CopiedBytes;)
        {
            sent += _rig.Writer.Send(_message.AsSpan(sent, CopiedBytes - sent));
        }

        Receive(CopiedBytes);
    }

    private void Receive(int bytes)
    {
        for (int done = 0; done < bytes;)
        {
            done += _rig.Reader.Receive(_buffer.AsSpan(done, bytes - done), SocketFlags.None);
        }

        Require(_buffer.AsSpan(0, bytes).SequenceEqual(_message.AsSpan(0, bytes)));
    }

    private static T Wait<T>(in ValueTask<T> task)
    {
        while (!task.IsCompleted)
        {
            Thread.Yield();
        }

        return task.GetAwaiter().GetResult();
    }

    private static void Require(bool isSo)
    {
        if (!isSo)
        {
            throw new InvalidOperationException("Not what was expected.");
        }
    }
}
