// A file that is gone after its test.
namespace Zerocopy.Conformance.Pipes;

internal sealed class TempFile : IDisposable
{
    internal TempFile(ReadOnlySpan<byte> content = default)
    {
        using FileStream stream = File.Create(Path);
        stream.Write(content);
    }

    internal string Path { get; } =
        System.IO.Path.Combine(System.IO.Path.GetTempPath(), System.IO.Path.GetRandomFileName());

    /// <summary>What is in the file, also while somebody writes it.</summary>
    internal byte[] ReadBytes()
    {
        using FileStream stream = new(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public void Dispose() => File.Delete(Path);
}
