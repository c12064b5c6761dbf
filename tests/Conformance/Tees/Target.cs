// What a tee writes to, of every kind, with a reader behind it that compares every byte.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Files;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

public enum TargetKind
{
    /// <summary>A pipe of the usual 16 slots.</summary>
    Pipe,

    /// <summary>A pipe of one slot.</summary>
    OnePage,
    File,
    Tcp,
    Unix,
    Stream,

    /// <summary>A pipe that somebody else has made, in blocking mode.</summary>
    ForeignPipe,
}

/// <summary>Stalled until <see cref="Read"/> is called, but for a file.</summary>
internal sealed class Target : IDisposable
{
    private readonly SocketPair? _sockets;
    private readonly FileStream? _file;
    private readonly ForeignPipe? _foreign;
    private readonly Pattern _pattern;

    private Task? _reader;
    private long _count;

    /// <param name="kind">What it is.</param>
    /// <param name="bufferBytes">Of sockets: small kernel buffers; null for the usual ones.</param>
    /// <param name="pattern">What has to come.</param>
    internal Target(TargetKind kind, int? bufferBytes = null, Pattern? pattern = null)
    {
        _pattern = pattern ?? Pattern.Default;
        switch (kind)
        {
            case TargetKind.Pipe:
                Pipe = Pipe.Create();
                break;
            case TargetKind.OnePage:
                Pipe = Pipe.Create(Environment.SystemPageSize);
                break;
            case TargetKind.Stream:
                Stream = new CheckingStream(_pattern);
                break;
            case TargetKind.File:
                string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
                _file = new FileStream(
                    path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.DeleteOnClose);
                break;
            case TargetKind.ForeignPipe:
                _foreign = ForeignPipe.Open(PipeForm.Blocking);
                break;
            default:
                Family family = kind == TargetKind.Tcp ? Family.Tcp : Family.Unix;
                _sockets = SocketPair.Connect(family, bufferBytes: bufferBytes);
                break;
        }
    }

    internal Pipe? Pipe { get; }

    internal CheckingStream? Stream { get; }

    /// <summary>Who reads the socket.</summary>
    internal Socket? Peer => _sockets?.Far;

    internal TransferEndpoint Endpoint
        => Pipe is not null ? Pipe
        : _sockets is not null ? _sockets.Near
        : Stream is not null ? Stream
        : _foreign is not null ? _foreign.WriteEnd
        : _file;

    /// <summary>Bytes that have come so far, all of them compared but for a file's.</summary>
    internal long Count => Stream?.Count ?? _file?.Length ?? Interlocked.Read(ref _count);

    /// <summary>Reads to the end, on a thread of its own.</summary>
    internal void Read(int chunk = 65536, int pauseMs = 0)
    {
        Stream?.Open();
        if (Pipe is not null || _sockets is not null || _foreign is not null)
        {
            _reader = Deadline.OnThread(() => ReadCore(chunk, pauseMs));
        }
    }

    /// <summary>Fails unless exactly so many bytes came. Nothing more can be written to it afterwards.</summary>
    /// <param name="count">How many.</param>
    /// <param name="cut">They are not the whole stream: a pipe must not end as if they were.</param>
    /// <remarks>A pipe has to be at its end by itself: that the tee closed it is part of the check.</remarks>
    internal async Task AssertGot(long count, bool cut = false)
    {
        _sockets?.Near.Shutdown(SocketShutdown.Send);
        _foreign?.CloseWrite();
        if (_reader is not null && cut && Pipe is not null)
        {
            await Assert.ThrowsAnyAsync<IOException>(() => _reader.Within("the end of the target"));
        }
        else if (_reader is not null)
        {
            await _reader.Within("the end of the target");
        }

        if (Stream is not null)
        {
            Stream.AssertRight();
            Assert.Equal(0, Stream.Unflushed);
        }

        if (_file is not null)
        {
            Assert.Equal(count, _file.Position);
            byte[] bytes = new byte[count + 1];
            int length = RandomAccess.Read(_file.SafeFileHandle, bytes, 0);
            _pattern.AssertEqual(bytes.AsSpan(0, length));
            Assert.Equal(count, length);
        }

        Assert.Equal(count, Count);
    }

    /// <summary>This process closes what the tee writes to.</summary>
    internal void Close()
    {
        Pipe?.Dispose();
        _sockets?.Near.Dispose();
        _foreign?.CloseWrite();
    }

    public void Dispose()
    {
        Stream?.Open();
        Pipe?.Dispose();
        _sockets?.Dispose();
        _file?.Dispose();
        _foreign?.Dispose();
        Stream?.Dispose();
    }

    private void ReadCore(int chunk, int pauseMs)
    {
        byte[] buffer = new byte[chunk];
        Exception? wrong = null;
        while (true)
        {
            if (pauseMs > 0)
            {
                Thread.Sleep(pauseMs);
            }

            int count = Pipe?.Read(buffer) ?? _foreign?.Read(buffer) ?? _sockets!.Far.Receive(buffer);
            if (count == 0)
            {
                Assert.True(wrong is null, $"{wrong}");
                return;
            }

            try
            {
                _pattern.AssertEqual(buffer.AsSpan(0, count), _count);
            }
            catch (Exception e)
            {
                wrong ??= e; // It reads on: a reader that stops would make a hang of it.
            }

            Interlocked.Add(ref _count, count);
        }
    }
}
