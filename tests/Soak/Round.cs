// One run of one scenario: its chance, what it has opened, and how long it may wait.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Soak;

/// <summary>Something did not come to an end.</summary>
internal sealed class HangException(string message) : Exception(message);

/// <param name="seed">Of every choice.</param>
internal sealed class Round(ulong seed) : IDisposable
{
    /// <summary>So long nothing may happen at all. No pause of a peer is longer than half a second, but a disk may take
    /// its time.</summary>
    private const int HangSeconds = 60;

    private readonly List<IDisposable> _owned = [];
    private readonly List<Pace> _paces = [];
    private readonly TaskCompletionSource<Exception> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal SimRandom Random { get; } = new(seed);

    /// <summary>What it turned out to be, for the report of a failure.</summary>
    internal string What { get; set; } = "";

    /// <summary>Bytes written, and how many of them never were in this process.</summary>
    internal (long Written, long InKernel) Moved { get; private set; }

    /// <summary>Disposed with the round.</summary>
    internal T Own<T>(T disposable)
        where T : IDisposable
    {
        lock (_owned)
        {
            _owned.Add(disposable);
        }

        return disposable;
    }

    internal async Task<Link> ConnectAsync(bool? isTcp = null) => Own(await Link.ConnectAsync(Random, isTcp));

    /// <summary>How many bytes: mostly few, sometimes many.</summary>
    internal Content NewContent()
    {
        int most = Random.Pick<int>([1, 1000, 65_536, 65_536, 300_000, 1 << 20, 4 << 20]);
        int bytes = Random.Chance(3) ? Random.Between(0, 24 << 20) : Random.Between(0, most);
        return new Content(Random.Below(1 << 20), bytes);
    }

    /// <summary>A part of a content that is sent as a prefix.</summary>
    internal ReadOnlyMemory<byte> NewPrefix(Content content) => Random.Chance(25)
        ? Pattern.Default.Bytes(content.Start, (int)Math.Min(content.Bytes, Random.Between(1, 20_000))) : default;

    internal TransferMode NewMode(bool canSplice = true) => Random.Below(4) switch
    {
        0 => TransferMode.CopyOnly,
        1 when canSplice => TransferMode.RequireZeroCopy,
        _ => TransferMode.Auto,
    };

    internal Task<Sent> Send(
        Socket socket, Content content, bool finishes = true, long resetAfter = long.MaxValue)
    {
        Pace pace = NewPace();
        return Peer(() => Peers.Send(socket, content, pace, finishes, resetAfter));
    }

    internal Task<Received> Receive(Socket socket, long start, long resetAfter = long.MaxValue)
    {
        Pace pace = NewPace();
        return Peer(() => Peers.Receive(socket, start, pace, resetAfter));
    }

    internal Task<Received> Receive(Pipe pipe, long start, long closeAfter = long.MaxValue)
    {
        Pace pace = NewPace();
        return Peer(() => Peers.Receive(pipe, start, pace, closeAfter));
    }

    /// <summary>Calls of all peers so far.</summary>
    private long Calls
    {
        get
        {
            lock (_paces)
            {
                return _paces.Sum(pace => pace.Calls);
            }
        }
    }

    private Pace NewPace()
    {
        Pace pace = new(Random.Next());
        lock (_paces)
        {
            _paces.Add(pace);
        }

        return pace;
    }

    /// <summary>Runs something that may block. If it throws, whoever waits in this round is told.</summary>
    internal Task<T> Peer<T>(Func<T> work) => Crew.Run(() =>
    {
        try
        {
            return work();
        }
        catch (Exception e)
        {
            _ = _broken.TrySetResult(e);
            throw;
        }
    });

    /// <summary>Runs a transfer, in one of the two ways.</summary>
    internal Task<Outcome> Copy(
        TransferEndpoint source,
        TransferEndpoint destination,
        TransferOptions options,
        CancellationToken token = default)
        => Outcome.Of(
            Random.Chance(30)
                ? Crew.Run(() => Transfer.Copy(source, destination, options, token))
                : Transfer.CopyAsync(source, destination, options, token).AsTask());

    /// <summary>Waits for as long as anything moves; a peer that broke is why, if it did.</summary>
    /// <exception cref="HangException">Nothing does.</exception>
    internal async Task<T> Within<T>(Task<T> task, string what)
    {
        Task any = Task.WhenAny(task, _broken.Task);
        for (long before = Calls; !any.IsCompleted; before = Calls)
        {
            try
            {
                await any.WaitAsync(TimeSpan.FromSeconds(HangSeconds));
            }
            catch (TimeoutException) when (Calls != before)
            {
                // Slow, but it goes on.
            }
            catch (TimeoutException e)
            {
                throw new HangException($"{what}: nothing within {HangSeconds} s ({e.Message})");
            }
        }

        return task.IsCompleted ? await task : throw new InvalidOperationException("a peer broke", await _broken.Task);
    }

    /// <summary>After a moment, mostly a short one.</summary>
    internal Task Moment() => Task.Delay(Random.Below(Random.Pick<int>([1, 5, 40, 200])));

    internal void Count(in TransferResult result)
    {
        long inKernel = result.BytesSpliced + result.BytesSendfile + result.BytesCopyFileRange;
        Assert.Equal(result.BytesWritten, inKernel + result.BytesBuffered);
        Moved = (Moved.Written + result.BytesWritten, Moved.InKernel + inKernel);
    }

    public void Dispose()
    {
        lock (_owned)
        {
            for (int i = _owned.Count - 1; i >= 0; i--)
            {
                _owned[i].Dispose();
            }
        }
    }
}
