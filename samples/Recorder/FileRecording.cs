namespace Zerocopy.Samples.Recorder;

/// <summary>One file, FIFO or device: the stream is mirrored into a pipe, which is emptied there. So the viewer is told
/// the end of the stream at once, however long the disk takes.</summary>
internal sealed class FileRecording : Recording
{
    private const int LastBytesMs = 250; // Of one that must not hold anybody up.
    private const int GivenUpMs = 1000; // A FIFO that nobody reads may not heed that.

    private readonly CancellationTokenSource _giveUp = new();
    private readonly FileStream _file;
    private readonly RecorderOptions _options;
    private readonly Pipe _pipe;
    private readonly Task<TransferResult> _writing;
    private Exception? _failure;

    /// <param name="file">Owned.</param>
    /// <param name="options">How to record.</param>
    internal FileRecording(FileStream file, RecorderOptions options)
    {
        (_file, _options) = (file, options);
        _pipe = Pipe.Create(options.BehindBytes);
        _writing = WriteAsync();
    }

    internal override TransferEndpoint Mirror => _pipe;

    internal override async ValueTask<Recorded> FinishAsync(TeeResult? mirror)
    {
        _pipe.CloseWrite(); // As the transfer has done, if there was one.
        Task patience = _writing;
        if (_options.OnLag == TeeLag.Detach)
        {
            _giveUp.CancelAfter(LastBytesMs);
            patience = Task.Delay(GivenUpMs);
        }

        _ = await Task.WhenAny(_writing, patience).ConfigureAwait(false);
        if (!_writing.IsCompleted)
        {
            return new Recorded(_file.Name, 0, 0, $"{Why(mirror)}, and it took no more"); // How much, nobody knows.
        }

        TransferResult written = await _writing.ConfigureAwait(false);
        string why = _failure is null ? Why(mirror) : $"{TeeEnd.Failed}: {_failure.Message}";
        return new Recorded(_file.Name, written.BytesSpliced, written.BytesBuffered, why);
    }

    public override void Dispose()
    {
        _pipe.Dispose();
        _file.Dispose();
        _giveUp.Dispose();
    }

    private async Task<TransferResult> WriteAsync()
    {
        try
        {
            TransferOptions options = new() { Mode = _options.Mode };
            return await Transfer.CopyAsync(_pipe, _file, options, _giveUp.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ITransferFailure failure)
        {
            // That the stream was cut off is said by the mirror's result.
            _failure = e is TransferException { Side: not TransferSide.Source } ? e : null;
            return failure.Progress;
        }
        finally
        {
            _pipe.CloseRead(); // If there is more to come, the stream goes on without it.
        }
    }
}
