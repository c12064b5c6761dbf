// README.md promises nothing that does not compile or is not there.
using System.Text.RegularExpressions;
using Xunit;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Samples;

public sealed partial class ReadmeTests
{
    private static readonly string s_readme = File.ReadAllText(SourceTree.PathOf("README.md"));

    [Fact]
    public void Every_block_of_CSharp_in_the_README_is_compiled_code()
    {
        string[] lines = File.ReadAllLines(SourceTree.PathOf("tests", "Conformance", "Samples", "ReadmeCode.cs"));
        string[] usings = [.. lines.Where(line => line.StartsWith("using ", StringComparison.Ordinal))];
        MatchCollection blocks = CodeBlock().Matches(s_readme);
        Assert.Equal(lines.Count(line => line.Trim().StartsWith("// block ", StringComparison.Ordinal)), blocks.Count);
        for (int i = 0; i < blocks.Count; i++)
        {
            string[] code = blocks[i].Groups["code"].Value.TrimEnd('\n').Split('\n');
            string[] body = [.. code.SkipWhile(line => line.Length == 0 || usings.Contains(line))];
            string[] compiled = [.. lines
                .SkipWhile(line => line.Trim() != $"// block {i + 1}")
                .Skip(1)
                .TakeWhile(line => line.Trim() != "// end")
                .Select(line => line.Length == 0 ? line : line[8..])];
            Assert.Equal(string.Join('\n', compiled).TrimEnd(), string.Join('\n', body));
        }
    }

    [Fact]
    public void The_first_block_names_every_namespace_that_it_needs()
    {
        string[] compiled = [.. File.ReadAllLines(SourceTree.PathOf("tests", "Conformance", "Samples", "ReadmeCode.cs"))
            .Where(line => line.StartsWith("using ", StringComparison.Ordinal))];
        string first = CodeBlock().Match(s_readme).Groups["code"].Value;
        Assert.Equal(compiled, first.Split('\n').TakeWhile(line => line.Length > 0));
    }

    [Fact]
    public void Every_project_and_script_that_the_README_runs_is_there()
    {
        MatchCollection programs = Program().Matches(s_readme);
        Assert.True(programs.Count >= 4);
        Assert.All(programs, program => Assert.True(Path.Exists(SourceTree.PathOf(program.Value)), program.Value));
    }

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("\\b(samples/\\w+|eng/[\\w.]+)")]
    private static partial Regex Program();
}
