using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Zerocopy.Bench.Load.Running;

/// <summary>Results on disk: one JSON object a line, the first says where and how the others came to be.</summary>
internal sealed class ResultFile : IDisposable
{
    internal const string Extension = ".ndjson";

    private readonly string _path;
    private readonly StreamWriter _writer;

    /// <summary>Starts a file that gets its name only when the run is complete.</summary>
    internal ResultFile(string path, RunEnvironment environment)
    {
        _path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        _writer = new StreamWriter(PartialPath) { AutoFlush = true };
        Write(environment);
    }

    internal static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // For people to read, not for a web page.
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private string PartialPath => _path + ".partial";

    internal void Write<T>(T row) => _writer.Write(JsonSerializer.Serialize(row, Json) + "\n");

    internal void Commit()
    {
        _writer.Close();
        File.Move(PartialPath, _path, overwrite: true);
    }

    /// <summary>Half a run is no result.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        File.Delete(PartialPath);
    }
}
