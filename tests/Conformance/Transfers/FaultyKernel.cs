// The real kernel, with one splice that it refuses.
using System.Reflection;

namespace Zerocopy.Conformance.Transfers;

/// <summary>While it lives, every transfer of this process goes through it: like a sandbox that can be switched on in
/// mid-stream.</summary>
internal sealed unsafe class FaultyKernel : IKernel, IDisposable
{
    private static readonly FieldInfo s_shared = Field("s_shared");
    private static readonly FieldInfo s_loops = Field("s_loops");

    private readonly LinuxKernel _kernel = LinuxKernel.Instance;
    private readonly FlowHost?[] _loopsBefore;
    private readonly object? _sharedBefore;
    private readonly List<MoveResources> _resources = [];
    private int _fills;
    private int _drains;

    /// <param name="error">The errno of the refused splice and of all later ones of its kind.</param>
    internal FaultyKernel(int error)
    {
        Error = error;
        FlowHost?[] loops = (FlowHost?[])s_loops.GetValue(null)!;
        _loopsBefore = [.. loops];
        _sharedBefore = s_shared.GetValue(null);
        for (int i = 0; i < loops.Length; i++)
        {
            loops[i] = _loopsBefore[i] is { } host ? new FlowHost(host.Loop, NewResources()) : null;
        }

        s_shared.SetValue(null, NewResources());
    }

    internal int Error { get; }

    /// <summary>From which splice into a pipe on it refuses; 0 is the first.</summary>
    internal int RefuseFillsFrom { get; init; } = int.MaxValue;

    /// <summary>From which splice out of a pipe on it refuses.</summary>
    internal int RefuseDrainsFrom { get; init; } = int.MaxValue;

    /// <summary>At most so many bytes leave a pipe at once, so that a refusal finds one half drained.</summary>
    internal int DrainBytesMax { get; init; } = int.MaxValue;

    internal bool HasRefused { get; private set; }

    private HashSet<int> ReadEnds { get; } = [];

    public void Dispose()
    {
        FlowHost?[] loops = (FlowHost?[])s_loops.GetValue(null)!;
        _loopsBefore.CopyTo(loops, 0);
        s_shared.SetValue(null, _sharedBefore);
        _resources.ForEach(resources => resources.Pipes!.Trim());
    }

    public Moved Splice(int source, int destination, int length, long offset)
    {
        bool drains;
        lock (ReadEnds)
        {
            drains = ReadEnds.Contains(source);
        }

        bool refuses = drains ? _drains++ >= RefuseDrainsFrom : _fills++ >= RefuseFillsFrom;
        if (refuses)
        {
            HasRefused = true;
            return Moved.Failed(Error);
        }

        return _kernel.Splice(source, destination, drains ? Math.Min(length, DrainBytesMax) : length, offset);
    }

    public Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
    {
        Moved made = _kernel.OpenPipe(capacityBytes, out readEnd, out writeEnd);
        lock (ReadEnds)
        {
            ReadEnds.Add(readEnd);
        }

        return made;
    }

    public void ClosePipe(int readEnd, int writeEnd)
    {
        lock (ReadEnds)
        {
            ReadEnds.Remove(readEnd);
        }

        _kernel.ClosePipe(readEnd, writeEnd);
    }

    public Moved Receive(int socket, bool isUnix, byte* buffer, int length)
        => _kernel.Receive(socket, isUnix, buffer, length);

    public Moved Peek(int socket) => _kernel.Peek(socket);

    public Moved Send(int socket, byte* buffer, int length) => _kernel.Send(socket, buffer, length);

    public Moved ReadPipe(int readEnd, byte* buffer, int length) => _kernel.ReadPipe(readEnd, buffer, length);

    public Moved Tee(int source, int destination, int length) => _kernel.Tee(source, destination, length);

    public Moved WritePipe(int writeEnd, byte* buffer, int length) => _kernel.WritePipe(writeEnd, buffer, length);

    public Moved WriteFile(int file, byte* buffer, int length, long offset)
        => _kernel.WriteFile(file, buffer, length, offset);

    public Moved ReadFile(int file, byte* buffer, int length, long offset)
        => _kernel.ReadFile(file, buffer, length, offset);

    public long SizeOf(int file) => _kernel.SizeOf(file);

    public Moved MoveFile(
        TransferRoute route, int file, long offset, int destination, long destinationOffset, int length)
        => _kernel.MoveFile(route, file, offset, destination, destinationOffset, length);

    public Moved ReadForeignPipe(int readEnd, byte* buffer, int length)
        => _kernel.ReadForeignPipe(readEnd, buffer, length);

    public Moved WriteForeignPipe(int writeEnd, byte* buffer, int length)
        => _kernel.WriteForeignPipe(writeEnd, buffer, length);

    public bool IsPipeAtEnd(int readEnd) => _kernel.IsPipeAtEnd(readEnd);

    public void Ask(int source, int destination, out bool canRead, out bool canWrite)
        => _kernel.Ask(source, destination, out canRead, out canWrite);

    public bool PeerMayHaveFinished(int tcpSocket) => _kernel.PeerMayHaveFinished(tcpSocket);

    public int DeathOf(int socket, bool isUnix) => _kernel.DeathOf(socket, isUnix);

    public Moved ShutdownSend(int socket) => _kernel.ShutdownSend(socket);

    private MoveResources NewResources()
    {
        MoveResources made = new(this, PageBudget.Process);
        _resources.Add(made);
        return made;
    }

    private static FieldInfo Field(string name)
        => typeof(FlowHosts).GetField(name, BindingFlags.Static | BindingFlags.NonPublic)
            ?? throw new MissingFieldException(nameof(FlowHosts), name);
}
