// The C# of a document, compared with a file that is compiled: block by block, between "// block N" and "// end".
using System.Text.RegularExpressions;
using Xunit;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Samples;

internal sealed partial class CompiledCode
{
    private readonly string[] _lines;
    private readonly string[] _usings;
    private readonly string[] _blocks;

    /// <param name="document">Its path in the repository.</param>
    /// <param name="files">The compiled files, below tests/Conformance; the first one's namespaces are those of the first
    /// block.</param>
    internal CompiledCode(string document, params string[] files)
    {
        Text = File.ReadAllText(SourceTree.PathOf(document));
        string[][] lines = [.. files.Select(file => File.ReadAllLines(SourceTree.PathOf("tests", "Conformance", file)))];
        _lines = [.. lines.SelectMany(file => file)];
        _usings = [.. lines[0].Where(line => line.StartsWith("using ", StringComparison.Ordinal))];
        _blocks = [.. CodeBlock().Matches(Text).Select(match => match.Groups["code"].Value)];
    }

    /// <summary>The document.</summary>
    internal string Text { get; }

    /// <summary>Fails unless every block is code that compiles.</summary>
    internal void AssertSame()
    {
        Assert.Equal(
            _lines.Count(line => line.Trim().StartsWith("// block ", StringComparison.Ordinal)), _blocks.Length);
        for (int i = 0; i < _blocks.Length; i++)
        {
            string[] code = _blocks[i].TrimEnd('\n').Split('\n');
            string[] body = [.. code.SkipWhile(line => line.Length == 0 || _usings.Contains(line))];
            string[] compiled = [.. _lines.SkipWhile(line => line.Trim() != $"// block {i + 1}")];
            Assert.True(compiled.Length > 0, $"there is no block {i + 1}");
            int indent = compiled[0].IndexOf('/', StringComparison.Ordinal);
            IEnumerable<string> lines = compiled
                .Skip(1)
                .TakeWhile(line => line.Trim() != "// end")
                .Select(line => line.Length == 0 ? line : line[indent..]);
            Assert.Equal(string.Join('\n', lines).TrimEnd(), string.Join('\n', body));
        }
    }

    /// <summary>Fails unless the blocks start with every namespace that they need, and the first one with some.</summary>
    internal void AssertUsings()
    {
        string[][] named = [.. _blocks.Select(block => block.Split('\n').TakeWhile(_usings.Contains).ToArray())];
        Assert.NotEmpty(named[0]);
        Assert.Equal(_usings.Order(), named.SelectMany(usings => usings).Distinct().Order());
    }

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
