// The real kernel, with the calls on files that a test makes fail.
using System.Reflection;

namespace Zerocopy.Conformance.Files;

/// <summary>While it lives, every transfer of this process goes through it.</summary>
internal sealed unsafe class FaultyFiles : IKernel, IDisposable
{
    private static readonly FieldInfo s_shared = Field("s_shared");
    private static readonly FieldInfo s_loops = Field("s_loops");

    private readonly LinuxKernel _kernel = LinuxKernel.Instance;
    private readonly FlowHost?[] _loopsBefore;
    private readonly object? _sharedBefore;
    private readonly List<MoveResources> _resources = [];
    private int _moves;
    private int _reads;
    private int _writes;

    internal FaultyFiles()
    {
        FlowHost?[] loops = (FlowHost?[])s_loops.GetValue(null)!;
        _loopsBefore = [.. loops];
        _sharedBefore = s_shared.GetValue(null);
        for (int i = 0; i < loops.Length; i++)
        {
            loops[i] = _loopsBefore[i] is { } host ? new FlowHost(host.Loop, NewResources()) : null;
        }

        s_shared.SetValue(null, NewResources());
    }

    /// <summary>The errno of the calls that fail; 0: they move nothing and say so.</summary>
    internal int Error { get; init; }

    /// <summary>From which sendfile, copy_file_range or splice of a file on; 0 is the first.</summary>
    internal int FailMovesFrom { get; init; } = int.MaxValue;

    /// <summary>Only so many of them fail.</summary>
    internal int FailMoves { get; init; } = int.MaxValue;

    internal int FailReadsFrom { get; init; } = int.MaxValue;

    internal int FailWritesFrom { get; init; } = int.MaxValue;

    /// <summary>At most so many bytes in one call.</summary>
    internal int BytesMax { get; init; } = int.MaxValue;

    internal bool HasFailed { get; private set; }

    /// <summary>The end of the furthest part of a file that was asked for.</summary>
    internal long Furthest { get; private set; }

    public void Dispose()
    {
        FlowHost?[] loops = (FlowHost?[])s_loops.GetValue(null)!;
        _loopsBefore.CopyTo(loops, 0);
        s_shared.SetValue(null, _sharedBefore);
        _resources.ForEach(resources => resources.Pipes!.Trim());
    }

    public long SizeOf(int file) => _kernel.SizeOf(file);

    public Moved MoveFile(
        TransferRoute route, int file, long offset, int destination, long destinationOffset, int length)
    {
        int number = _moves++;
        Furthest = Math.Max(Furthest, offset + length);
        return number >= FailMovesFrom && number - FailMovesFrom < FailMoves
            ? Fail()
            : _kernel.MoveFile(route, file, offset, destination, destinationOffset, Math.Min(length, BytesMax));
    }

    public Moved ReadFile(int file, byte* buffer, int length, long offset)
        => _reads++ >= FailReadsFrom ? Fail() : _kernel.ReadFile(file, buffer, Math.Min(length, BytesMax), offset);

    public Moved WriteFile(int file, byte* buffer, int length, long offset)
        => _writes++ >= FailWritesFrom ? Fail() : _kernel.WriteFile(file, buffer, Math.Min(length, BytesMax), offset);

    public Moved Splice(int source, int destination, int length, long offset)
    {
        bool isFile = offset >= 0;
        return isFile && _writes++ >= FailWritesFrom
            ? Fail() : _kernel.Splice(source, destination, isFile ? Math.Min(length, BytesMax) : length, offset);
    }

    public Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
        => _kernel.OpenPipe(capacityBytes, out readEnd, out writeEnd);

    public void ClosePipe(int readEnd, int writeEnd) => _kernel.ClosePipe(readEnd, writeEnd);

    public Moved Receive(int socket, bool isUnix, byte* buffer, int length)
        => _kernel.Receive(socket, isUnix, buffer, length);

    public Moved Peek(int socket) => _kernel.Peek(socket);

    public Moved Send(int socket, byte* buffer, int length) => _kernel.Send(socket, buffer, length);

    public Moved ReadPipe(int readEnd, byte* buffer, int length) => _kernel.ReadPipe(readEnd, buffer, length);

    public Moved Tee(int source, int destination, int length) => _kernel.Tee(source, destination, length);

    public Moved WritePipe(int writeEnd, byte* buffer, int length) => _kernel.WritePipe(writeEnd, buffer, length);

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

    private Moved Fail()
    {
        HasFailed = true;
        return Error == 0 ? Moved.Bytes(0) : Moved.Failed(Error);
    }

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
