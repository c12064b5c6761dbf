using System.Runtime.InteropServices;

namespace Zerocopy.Samples;

/// <summary>The files of the installed .NET runtime, one after the other and over again: real bytes that every machine
/// has.</summary>
internal sealed class RealBytes : IDisposable
{
    private readonly string[] _paths =
        [.. Directory.GetFiles(RuntimeEnvironment.GetRuntimeDirectory()).Order(StringComparer.Ordinal)];

    private FileStream? _file;
    private int _next;

    internal int Read(Span<byte> buffer)
    {
        for (int tries = 0; tries <= _paths.Length; tries++)
        {
            _file ??= new FileStream(
                _paths[_next++ % _paths.Length], FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            int count = _file.Read(buffer);
            if (count > 0)
            {
                return count;
            }

            _file.Dispose();
            _file = null;
        }

        throw new InvalidDataException("The files of the runtime are all empty.");
    }

    internal void Fill(Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            buffer = buffer[Read(buffer)..];
        }
    }

    public void Dispose() => _file?.Dispose();
}
