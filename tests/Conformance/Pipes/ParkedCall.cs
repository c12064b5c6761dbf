// A call of a pipe that waits, of each kind.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

/// <summary>What waits, and for what.</summary>
public enum Waiting
{
    /// <summary>A read, for a byte.</summary>
    Read,

    /// <summary>A write, for room.</summary>
    Write,

    /// <summary>ReadFrom, for its source.</summary>
    ReadFromSilentSource,

    /// <summary>ReadFrom with bytes to move, for room.</summary>
    ReadFromIntoFullPipe,

    /// <summary>WriteTo, for a byte.</summary>
    WriteToFromEmptyPipe,

    /// <summary>WriteTo with bytes to move, for its destination.</summary>
    WriteToStalledDestination,
}

internal sealed class ParkedCall : IDisposable
{
    /// <summary>More than sockets with small buffers take.</summary>
    private const int LargeBytes = 256 * 1024;

    private readonly SocketPair? _pair;
    private readonly byte[] _buffer = new byte[100];

    private ParkedCall(Waiting waiting, Call call, Family family, CancellationToken token)
    {
        Waiting = waiting;
        Pipe = Pipe.Create(waiting == Waiting.WriteToStalledDestination ? LargeBytes : null);
        switch (waiting)
        {
            case Waiting.Read:
                Task = PipePeer.Read(call, Pipe, _buffer, token);
                return;
            case Waiting.Write:
                InPipe = PipePeer.Fill(Pipe);
                Task = PipePeer.Write(call, Pipe, Pattern.Default.Slice(InPipe, _buffer.Length), token);
                return;
            case Waiting.ReadFromSilentSource:
                _pair = SocketPair.Connect(family);
                Task = PipePeer.ReadFrom(call, Pipe, _pair.Near, token: token);
                return;
            case Waiting.ReadFromIntoFullPipe:
                _pair = SocketPair.Connect(family);
                InPipe = PipePeer.Fill(Pipe);
                _pair.Far.Send(Pattern.Default.Slice(InPipe, _buffer.Length).Span);
                Task = PipePeer.ReadFrom(call, Pipe, _pair.Near, token: token);
                return;
            case Waiting.WriteToFromEmptyPipe:
                _pair = SocketPair.Connect(family);
                Task = PipePeer.WriteTo(call, Pipe, _pair.Near, token);
                return;
            default:
                _pair = SocketPair.Connect(family, bufferBytes: 16 * 1024);
                InPipe = PipePeer.Fill(Pipe);
                Task = PipePeer.WriteTo(call, Pipe, _pair.Near, token);
                return;
        }
    }

    internal Waiting Waiting { get; }

    internal Pipe Pipe { get; }

    internal Task Task { get; }

    /// <summary>Bytes of the pattern that were written into the pipe before the call.</summary>
    internal int InPipe { get; }

    internal SocketPair Pair => _pair!;

    /// <summary>True: it uses the write end.</summary>
    internal bool Writes => Waiting is Waiting.Write or Waiting.ReadFromSilentSource or Waiting.ReadFromIntoFullPipe;

    internal bool IsTransfer => Waiting is not (Waiting.Read or Waiting.Write);

    /// <summary>Starts it, and returns once it waits.</summary>
    internal static async Task<ParkedCall> Start(
        Waiting waiting, Call call, Family family = Family.Tcp, CancellationToken token = default)
    {
        ParkedCall parked = new(waiting, call, family, token);
        if (waiting == Waiting.WriteToStalledDestination)
        {
            await parked.AtRest();
        }

        await PipePeer.AssertWaits(parked.Task, $"{waiting}");
        return parked;
    }

    /// <summary>Closes the end that the call uses.</summary>
    internal void CloseOwnEnd()
    {
        if (Writes)
        {
            Pipe.CloseWrite();
        }
        else
        {
            Pipe.CloseRead();
        }
    }

    /// <summary>Ends it by an exception, on whatever thread.</summary>
    /// <returns>The exception.</returns>
    internal async Task<T> Thrown<T>()
        where T : Exception
        => await Assert.ThrowsAnyAsync<T>(() => Task.Within($"{Waiting}", PipePeer.PromptMs));

    public void Dispose()
    {
        Pipe.Dispose();
        _pair?.Dispose();
    }

    private async Task AtRest()
    {
        int before;
        do
        {
            before = Pipe.Available;
            await System.Threading.Tasks.Task.Delay(PipePeer.ParkMs);
        }
        while (Pipe.Available != before);

        Assert.InRange(before, 1, InPipe);
    }
}
