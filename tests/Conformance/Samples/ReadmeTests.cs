// README.md promises nothing that does not compile or is not there.
using System.Text.RegularExpressions;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed partial class ReadmeTests
{
    private readonly CompiledCode _readme = new("README.md", "Samples/ReadmeProxyCode.cs", "Samples/ReadmeCode.cs");

    [Fact]
    public void Every_block_of_CSharp_in_the_README_is_compiled_code() => _readme.AssertSame();

    [Fact]
    public void The_first_block_names_every_namespace_that_it_needs() => _readme.AssertUsings();

    [Fact]
    public void Every_project_and_script_that_the_README_runs_is_there()
    {
        MatchCollection programs = Program().Matches(_readme.Text);
        Assert.True(programs.Count >= 4);
        Assert.All(programs, program => Assert.True(Path.Exists(SourceTree.PathOf(program.Value)), program.Value));
    }

    [GeneratedRegex("\\b(samples/\\w+|eng/[\\w.]+)")]
    private static partial Regex Program();
}
