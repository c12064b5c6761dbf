using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.Tests;

/// <summary>A piece of code, and what the rules should say of it. <c>{|ZC1001:text|}</c> is found;
/// <c>{?ZC1001:text?}</c> should be, and is not.</summary>
internal sealed class Form
{
    private const string Lists = "calls forgotten ways sources readers proxies files";

    private Form(string name, string source)
    {
        Name = name;
        (Text, Found, Missed) = Unmark(source);
    }

    internal string Name { get; }

    internal string Text { get; }

    internal HashSet<(string Id, TextSpan Span)> Found { get; }

    internal HashSet<(string Id, TextSpan Span)> Missed { get; }

    /// <summary>Whether it is a whole program's part, and not a few lines.</summary>
    internal bool IsPattern => Name.Contains(": ", StringComparison.Ordinal);

    internal static List<Form> ReadAll()
        => [.. Lists.Split(' ')
            .Select(static name => SourceTree.PathOf("tests", "Analyzers", "Forms", name + ".txt"))
            .SelectMany(static path => ("\n" + File.ReadAllText(path)).Split("\n# ")[1..])
            .Select(static (form, i) => Of(form, $"Form{i}"))];

    // `# name`, or `# name [kind]`, and the code.
    private static Form Of(string form, string space)
    {
        string[] parts = form.Split('\n', 2);
        string[] head = parts[0].TrimEnd(']').Split(" [");
        string code = (head.Length == 1 ? "async" : head[1]) switch
        {
            "async" => Wrap.AsyncBody(parts[1].Trim()),
            "void" => Wrap.Body(parts[1].Trim()),
            "members" => $"internal class C\n{{\n{parts[1]}}}\n",
            "file" => parts[1],
            var kind => throw new FormatException($"{head[0]}: {kind}"),
        };
        return new Form(head[0], $"{Wrap.Usings}namespace {space}\n{{\n{code}}}\n");
    }

    private static (string Text, HashSet<(string, TextSpan)> Found, HashSet<(string, TextSpan)> Missed) Unmark(
        string source)
    {
        StringBuilder text = new();
        HashSet<(string, TextSpan)> found = [];
        HashSet<(string, TextSpan)> missed = [];
        Stack<(string Id, int Start)> open = [];
        for (int i = 0; i < source.Length; i++)
        {
            switch (source.AsSpan(i))
            {
                case ['{', '|' or '?', 'Z', 'C', ..]:
                    open.Push((source.Substring(i + 2, 6), text.Length));
                    i += "{|ZC1001:".Length - 1;
                    break;
                case ['|' or '?', '}', ..] when open.Count > 0:
                    (string id, int start) = open.Pop();
                    (source[i] == '|' ? found : missed).Add((id, TextSpan.FromBounds(start, text.Length)));
                    i++;
                    break;
                default:
                    text.Append(source[i]);
                    break;
            }
        }

        return (text.ToString(), found, missed);
    }
}
