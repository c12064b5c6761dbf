namespace Zerocopy.Samples.Recorder;

/// <summary>One file after the other, each of so many bytes: the relay mirrors into a pipe, and a loop moves that into
/// the files. What one file does not take is still in the pipe for the next, so no byte is lost or
/// repeated.</summary>
internal sealed class RotatedRecording : Recording
{
    private readonly Pipe _pipe;
    private readonly string _path;
    private readonly long _partBytes;
    private readonly TransferMode _mode;
    private readonly int _firstPart;
    private readonly Task _writing;

    private int _part;
    private long _spliced;
    private long _copied;
    private Exception? _failure;

    internal RotatedRecording(string path, long partBytes, RecorderOptions options)
    {
        (_path, _partBytes, _mode) = (path, partBytes, options.Mode);
        _firstPart = _part = RecordingFiles.LastPartOf(path);
        if (_part > 0 && !options.Append)
        {
            throw new IOException($"{RecordingFiles.PartOf(path, _part)} exists (--append continues it)");
        }

        FileStream first = RecordingFiles.OpenFile(RecordingFiles.PartOf(path, _part), options.Append);
        if (!RecordingFiles.IsRegular(first))
        {
            first.Dispose();
            throw new IOException($"{path} is no file that could be followed by another (--rotate)");
        }

        _pipe = Pipe.Create(options.BehindBytes);
        _writing = WriteAsync(first);
    }

    internal override TransferEndpoint Mirror => _pipe;

    internal override async ValueTask<Recorded> FinishAsync(TeeResult? mirror)
    {
        _pipe.CloseWrite(); // As the relay has done, if there was one.
        await _writing.ConfigureAwait(false);
        string first = Path.GetFullPath(RecordingFiles.PartOf(_path, _firstPart));
        string name = _part == _firstPart ? first : $"{first} to .{_part}";
        string why = _failure is null ? Why(mirror) : $"{TeeEnd.Failed}: {_failure.Message}";
        return new Recorded(name, _spliced, _copied, why);
    }

    public override void Dispose() => _pipe.Dispose();

    private async Task WriteAsync(FileStream file)
    {
        try
        {
            while (await FillAsync(file).ConfigureAwait(false))
            {
                _part++;
                file = RecordingFiles.OpenFile(RecordingFiles.PartOf(_path, _part), append: false);
            }
        }
        catch (TransferException e) when (e.Side == TransferSide.Source)
        {
            // The stream was cut off, as the relay says itself; what came of it is written.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _failure = e;
        }

        _pipe.CloseRead(); // If there is more to come, the relay goes on without it.
    }

    /// <returns>False at the end of the stream.</returns>
    private async Task<bool> FillAsync(FileStream file)
    {
        TransferResult result = default;
        using (file)
        {
            try
            {
                long room = Math.Max(_partBytes - file.Length, 0);
                result = await Transfer.CopyAsync(_pipe, file, new TransferOptions { LimitBytes = room, Mode = _mode })
                    .ConfigureAwait(false);
            }
            catch (Exception e) when (e is ITransferFailure failure)
            {
                result = failure.Progress;
                throw;
            }
            finally
            {
                _spliced += result.BytesSpliced;
                _copied += result.BytesBuffered;
            }

            if (result.EndedBy == TransferEnd.LimitReached)
            {
                return true;
            }
        }

        if (result.BytesWritten == 0 && _part > _firstPart)
        {
            File.Delete(RecordingFiles.PartOf(_path, _part--)); // The one before was the last, and full.
        }

        return false;
    }
}
