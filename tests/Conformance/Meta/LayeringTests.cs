// The rooms of src/Zerocopy: arrows point down only. Names of types are what is looked at, in the text of each
// room's files.
using System.Text.RegularExpressions;
using Xunit;

namespace Zerocopy.Conformance.Meta;

public sealed partial class LayeringTests
{
    private const string Edge = "edge";

    /// <summary>What each room may name besides itself and Zerocopy.Sys.</summary>
    private static readonly Dictionary<string, string[]> s_mayName = new()
    {
        ["Loop"] = [],
        ["Metrics"] = [],
        ["Move"] = ["Metrics"],
        ["Route"] = ["Move"],
        ["Ends"] = ["Route", "Loop", "Move", "Metrics"],
        ["Flow"] = ["Ends", "Route", "Loop", "Move", "Metrics"],
        [Edge] = ["Flow", "Ends", "Route", "Move"],
    };

    /// <summary>Names that may be used from anywhere, because they decide nothing.</summary>
    private static readonly Dictionary<string, string> s_everywhere = new()
    {
        ["ThrowHelper"] = "builds exceptions; the one place that does",
        ["AppSetting"] = "reads a number that the program has set",
        ["Platform"] = "one constant: whether there is a kernel to talk to",
        ["TransferMechanism"] = "a plain enum",
        ["TransferMode"] = "a plain enum",
        ["TeeEnd"] = "a plain enum",
    };

    /// <summary>What one room may name of a room above it, and why that is no dependency of behaviour.</summary>
    private static readonly Dictionary<(string Room, string Name), string> s_exceptions = new()
    {
        [("Move", "Tee")] = "the kernel's call of that name",
        [("Move", "TransferSide")] = "a plain enum: whose an errno is",
        [("Route", "Pipe")] = "what an endpoint may be, not the type",
        [("Flow", "TeeOptions")] = "plain data, validated by the edge",
        [("Flow", "TeeLag")] = "a plain enum",
        [("Flow", "TeeFailure")] = "a plain enum",
        [("Flow", "TeeResult")] = "plain data, handed up",
        [("Flow", "ITransferFailure")] = "what the awaited task of a delivery throws",
        [("Route", "FlowOptions")] = "plain data, validated by the edge",
        [("Route", "TransferEndpoint")] = "what is to be judged: a box around the user's object",
        [("Flow", "FlowOptions")] = "plain data, validated by the edge",
        [("Flow", "TransferOptions")] = "plain data, validated by the edge",
        [("Flow", "RelayOptions")] = "plain data, validated by the edge",
        [("Flow", "TransferResult")] = "plain data, handed up",
        [("Flow", "RelayResult")] = "plain data, handed up",
        [("Flow", "TransferProgress")] = "plain data, handed up",
        [("Flow", "TransferEnd")] = "a plain enum, handed up",
        [("Flow", "RelayEnd")] = "a plain enum, handed up",
        [("Flow", "RelaySide")] = "a plain enum, handed up",
        [("Flow", "TransferSide")] = "a plain enum, handed up",
        [("Flow", "TransferCanceledException")] = "handed up through the awaited task",
        [("Flow", "TransferDisposedException")] = "handed up through the awaited task",
        [("Flow", "Relay")] = "who watches a relay is told its end: a call back, not a use",
    };

    [Fact]
    public void Arrows_point_down_only()
    {
        Tree tree = Tree.Read();
        List<string> wrong = [];
        foreach (Use use in tree.Uses())
        {
            bool isAllowed = s_mayName[use.Room].Contains(use.NamedRoom) || s_everywhere.ContainsKey(use.Name)
                || s_exceptions.ContainsKey((use.Room, use.Name));
            if (!isAllowed)
            {
                wrong.Add($"{use.File} names {use.Name}, a type of {use.NamedRoom}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Distinct()));
    }

    [Fact]
    public void Every_exception_is_needed()
    {
        HashSet<(string, string)> seen = [.. Tree.Read().Uses().Select(use => (use.Room, use.Name))];
        Assert.All(s_exceptions.Keys, key => Assert.Contains(key, seen));
        Assert.All(s_everywhere.Keys, name => Assert.Contains(seen, use => use.Item2 == name));
    }

    [Fact]
    public void Every_folder_is_a_room_and_no_type_lives_in_two()
    {
        string source = SourceTree.PathOf("src", "Zerocopy");
        string[] folders = [.. Directory.GetDirectories(source).Select(Path.GetFileName).OfType<string>()];
        Assert.All(folders, folder => Assert.Contains(folder, s_mayName.Keys));
        Tree tree = Tree.Read();
        Assert.True(tree.TypeCount > 50, $"only {tree.TypeCount} types were found: the pattern is wrong");
    }

    [Theory]
    [InlineData("Loop", "SplicePipe")]
    [InlineData("Move", "EventLoop")]
    [InlineData("Route", "Flow")]
    public void A_wrong_arrow_would_be_seen(string room, string name)
    {
        Tree tree = Tree.Read();
        tree.Add(room, "Wrong.cs", $"internal class Wrong {{ private {name}? _field; }}");
        Use use = Assert.Single(tree.Uses(), use => use.File == "Wrong.cs");
        Assert.Equal((room, name), (use.Room, use.Name));
        Assert.DoesNotContain(use.NamedRoom, s_mayName[room]);
    }

    private sealed record Use(string Room, string File, string Name, string NamedRoom);

    private sealed partial class Tree
    {
        private readonly List<(string Room, string File, string Text)> _files = [];
        private readonly Dictionary<string, string> _roomOf = [];

        public int TypeCount => _roomOf.Count;

        public static Tree Read()
        {
            Tree tree = new();
            string source = SourceTree.PathOf("src", "Zerocopy");
            foreach (string path in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories))
            {
                string[] parts = Path.GetRelativePath(source, path).Split(Path.DirectorySeparatorChar);
                if (parts[0] is not ("bin" or "obj"))
                {
                    tree.Add(parts.Length == 1 ? Edge : parts[0], parts[^1], File.ReadAllText(path));
                }
            }

            return tree;
        }

        public void Add(string room, string file, string text)
        {
            string code = Noise().Replace(text, " ");
            _files.Add((room, file, code));
            foreach (Match match in Declaration().Matches(code))
            {
                string name = match.Groups["name"].Value;
                Assert.True(
                    _roomOf.TryAdd(name, room) || _roomOf[name] == room,
                    $"{name} is declared in {room} and in {_roomOf[name]}");
            }
        }

        public IEnumerable<Use> Uses()
        {
            foreach ((string room, string file, string text) in _files)
            {
                foreach (string name in Identifier().Matches(text).Select(match => match.Value).Distinct())
                {
                    if (_roomOf.TryGetValue(name, out string? named) && named != room)
                    {
                        yield return new Use(room, file, name, named);
                    }
                }
            }
        }

        // Only what stands at the left margin: nested types belong to their file.
        [GeneratedRegex(
            @"^(?:(?:public|internal|file|static|sealed|abstract|readonly|unsafe|partial|ref) )*"
            + @"(?:class|struct|interface|enum|record struct|record class|record) (?<name>\w+)",
            RegexOptions.Multiline)]
        private static partial Regex Declaration();

        // Comments, crefs in them too, and text in quotes.
        [GeneratedRegex(@"//.*|""(?:[^""\\\n]|\\.)*""")]
        private static partial Regex Noise();

        // Not a member: `x.Block` says nothing about a type. Nor the name before `:` or `{ get`.
        [GeneratedRegex(@"(?<![\w.])[A-Z]\w*\b")]
        private static partial Regex Identifier();
    }
}
