// Every way in which bytes can leave a pipe.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

public enum Way
{
    Read,
    ReadAsync,
    AsStream,
    WriteTo,
    WriteToAsync,
    ToPipe,
    ToFile,
    ToStream,
    CopyOnly,
    RequireZeroCopy,

    /// <summary>One limited transfer after the other, in all modes.</summary>
    InLimits,

    /// <summary>Reads and limited transfers in turn.</summary>
    Mixed,
}

/// <summary>Empties a pipe to its end in one of the ways, and compares every byte.</summary>
internal sealed class MainFlow : IDisposable
{
    private static readonly int[] s_lengths = [1, 4096, 70_000, 3, 65_536, 100, 5000];

    private readonly Pipe _pipe;
    private readonly Way _way;
    private readonly Target _main;

    internal MainFlow(Pipe pipe, Way way)
    {
        _pipe = pipe;
        _way = way;
        _main = new Target(way switch
        {
            Way.WriteTo or Way.CopyOnly or Way.InLimits => TargetKind.Tcp,
            Way.WriteToAsync or Way.RequireZeroCopy => TargetKind.Unix,
            Way.ToPipe => TargetKind.Pipe,
            Way.ToFile => TargetKind.File,
            _ => TargetKind.Stream,
        });
        _main.Read();
    }

    /// <summary>False for what this process cannot be asked for.</summary>
    internal static bool IsPossible(Way way) => way != Way.RequireZeroCopy || Platform.HasKernel;

    /// <summary>Bytes that have left so far.</summary>
    internal long Count => _main.Count;

    /// <summary>Starts it.</summary>
    /// <returns>How many bytes left the pipe until its end.</returns>
    internal Task<long> Start(CancellationToken token = default) => _way switch
    {
        Way.Read => Deadline.OnThread(Read),
        Way.ReadAsync => ReadAsync(token),
        Way.AsStream => AsStream(token),
        Way.InLimits => InLimits(token),
        Way.Mixed => Mixed(token),
        Way.WriteTo => Finish(Deadline.OnThread(() => _pipe.WriteTo(_main.Endpoint, token))),
        Way.WriteToAsync => Finish(_pipe.WriteToAsync(_main.Endpoint, token).AsTask()),
        Way.CopyOnly => Finish(Move(Call.Async, TransferMode.CopyOnly, null, token)),
        Way.RequireZeroCopy => Finish(Move(Call.Sync, TransferMode.RequireZeroCopy, null, token)),
        Way.ToPipe or Way.ToFile => Finish(Move(Call.Async, TransferMode.Auto, null, token)),
        _ => Finish(Move(Call.Sync, TransferMode.Auto, null, token)),
    };

    /// <summary>Starts it and fails unless it moves exactly so many bytes.</summary>
    internal async Task AssertMoves(long count) => Assert.Equal(count, await Start().Within($"the main flow, {_way}"));

    public void Dispose() => _main.Dispose();

    private Task<TransferResult> Move(Call call, TransferMode mode, long? limit, CancellationToken token)
        => Rig.Start(call, _pipe, _main.Endpoint, new TransferOptions { Mode = mode, LimitBytes = limit }, token);

    private async Task<long> Finish(Task<TransferResult> transfer)
    {
        TransferResult result = await transfer;
        Assert.Equal(TransferEnd.EndOfStream, result.EndedBy);
        Assert.Equal(result.BytesConsumed, result.BytesWritten);
        switch (_way)
        {
            case Way.CopyOnly:
                Assert.Equal(result.BytesWritten, result.BytesBuffered);
                break;
            case Way.RequireZeroCopy:
                Assert.Equal(result.BytesWritten, result.BytesSpliced);
                break;
            default:
                break;
        }

        return await AllArrived(result.BytesWritten);
    }

    private async Task<long> AllArrived(long moved)
    {
        _main.Pipe?.CloseWrite();
        await _main.AssertGot(moved);
        return moved;
    }

    private long Read()
    {
        byte[] buffer = new byte[65_536];
        for (int i = 0; ; i++)
        {
            int count = _pipe.Read(buffer.AsSpan(0, Math.Min(s_lengths[i % s_lengths.Length], buffer.Length)));
            if (count == 0)
            {
                return Count;
            }

            _main.Stream!.Write(buffer.AsSpan(0, count));
        }
    }

    private async Task<long> ReadAsync(CancellationToken token)
    {
        byte[] buffer = new byte[65_536];
        for (int i = 0; ; i++)
        {
            int wanted = Math.Min(s_lengths[i % s_lengths.Length], buffer.Length);
            int count = await _pipe.ReadAsync(buffer.AsMemory(0, wanted), token);
            if (count == 0)
            {
                return Count;
            }

            _main.Stream!.Write(buffer.AsSpan(0, count));
        }
    }

    private async Task<long> AsStream(CancellationToken token)
    {
        using Stream stream = _pipe.AsReadStream();
        await stream.CopyToAsync(_main.Stream!, token);
        return Count;
    }

    // Without kernel pipes the mode that needs them is refused, which is for other tests.
    private TransferMode ModeOf(int i) => (TransferMode)(i % (_pipe.IsKernelPipe ? 3 : 2));

    private async Task<long> InLimits(CancellationToken token)
    {
        long moved = 0;
        for (int i = 0; ; i++)
        {
            long limit = s_lengths[i % s_lengths.Length];
            TransferResult result = await Move((Call)(i % 2), ModeOf(i), limit, token);
            moved += result.BytesWritten;
            Assert.Equal(result.BytesConsumed, result.BytesWritten);
            Assert.Equal(limit - result.BytesWritten, result.LimitRemaining);
            if (result.EndedBy == TransferEnd.EndOfStream)
            {
                return await AllArrived(moved);
            }

            Assert.Equal((TransferEnd.LimitReached, limit), (result.EndedBy, result.BytesWritten));
        }
    }

    private async Task<long> Mixed(CancellationToken token)
    {
        byte[] buffer = new byte[10_000];
        for (int i = 0; ; i++)
        {
            long before = Count;
            int length = s_lengths[i % s_lengths.Length];
            if (i % 3 == 2)
            {
                int wanted = Math.Min(length, buffer.Length);
                int count = await _pipe.ReadAsync(buffer.AsMemory(0, wanted), token);
                _main.Stream!.Write(buffer.AsSpan(0, count));
            }
            else
            {
                await Move((Call)(i % 2), i % 3 == 0 ? TransferMode.Auto : TransferMode.CopyOnly, length, token);
            }

            if (Count == before)
            {
                return Count;
            }
        }
    }
}
