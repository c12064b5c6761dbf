// Every case of the catalogue has a test or a reason; tests/Conformance/CASES.md says which, and is written from here.
using System.Globalization;
using System.Reflection;
using System.Text;
using Xunit;
using Xunit.v3;

namespace Zerocopy.Conformance.Meta;

public sealed class CasesTests
{
    private const string WriteVariable = "ZEROCOPY_WRITE_CASES";

    private static readonly string s_file = SourceTree.PathOf("tests", "Conformance", "CASES.md");

    private readonly List<CaseLine> _catalogue = CaseLine.Read("cases.txt");
    private readonly Dictionary<string, string> _elsewhere = [];
    private readonly SortedDictionary<string, SortedSet<string>> _tests = new(StringComparer.Ordinal);

    public CasesTests()
    {
        foreach (CaseLine line in CaseLine.Read("cases-elsewhere.txt"))
        {
            foreach (string id in line.Ids)
            {
                Assert.True(_elsewhere.TryAdd(id, line.Text), $"cases-elsewhere.txt has {id} twice");
            }
        }

        foreach (MethodInfo method in Assembly.GetExecutingAssembly().GetTypes().SelectMany(type => type.GetMethods()))
        {
            foreach ((string id, string name) in CasesOf(method))
            {
                if (!_tests.TryGetValue(id, out SortedSet<string>? names))
                {
                    _tests.Add(id, names = new SortedSet<string>(StringComparer.Ordinal));
                }

                names.Add(name);
            }
        }
    }

    [Fact]
    public void Every_case_has_a_test_or_a_reason()
    {
        List<string> problems = [];
        HashSet<string> known = [];
        foreach (string id in _catalogue.SelectMany(line => line.Ids))
        {
            Assert.True(known.Add(id), $"cases.txt has {id} twice");
            bool isTested = _tests.ContainsKey(id);
            bool isElsewhere = _elsewhere.ContainsKey(id);
            if (isTested == isElsewhere)
            {
                problems.Add(isTested
                    ? $"{id} has a test, so its line in cases-elsewhere.txt is wrong"
                    : $"{id} has no test with [Cases(\"{id}\")], and no line in cases-elsewhere.txt");
            }
        }

        problems.AddRange(_tests.Keys.Where(id => !known.Contains(id))
            .Select(id => $"{id}, of {_tests[id].First()}, is not in cases.txt"));
        problems.AddRange(_elsewhere.Keys.Where(id => !known.Contains(id))
            .Select(id => $"{id}, of cases-elsewhere.txt, is not in cases.txt"));
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Theory]
    [InlineData("Z", 48)]
    [InlineData("ZB", 44)]
    [InlineData("GN", 38)]
    [InlineData("GNB", 55)]
    [InlineData("GS", 11)]
    [InlineData("GW", 21)]
    [InlineData("GP", 5)]
    [InlineData("GO", 128)]
    [InlineData("IO", 56)]
    [InlineData("B", 29)]
    [InlineData("X", 18)]
    public void The_catalogue_is_whole(string family, int count)
        => Assert.Equal(
            Enumerable.Range(1, count).Select(number => CaseLine.Id(family, number)),
            _catalogue.Where(line => line.Family == family).SelectMany(line => line.Ids));

    [Fact]
    public void The_page_of_cases_is_up_to_date()
    {
        string page = Write();
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            File.WriteAllText(s_file, page);
        }

        string there = File.Exists(s_file) ? File.ReadAllText(s_file) : "";
        Assert.True(there == page, $"tests/Conformance/CASES.md is stale: run the tests once with {WriteVariable}=1, "
            + $"look at the difference and commit it. The first line that differs: {FirstDifference(there, page)}");
    }

    /// <summary>Each case with who says that it covers it: the test, or its whole class.</summary>
    private static IEnumerable<(string Id, string Name)> CasesOf(MethodInfo method)
    {
        if (method.GetCustomAttribute<FactAttribute>() is null) // A theory is one too.
        {
            return [];
        }

        string root = typeof(Program).Namespace!;
        string type = method.ReflectedType!.FullName![(root.LastIndexOf('.') + 1)..];
        return
        [
            .. Ids(method.GetCustomAttributes()).Select(id => (id, $"{type}.{method.Name}")),
            .. Ids(method.ReflectedType.GetCustomAttributes()).Select(id => (id, type)),
        ];
    }

    private static IEnumerable<string> Ids(IEnumerable<Attribute> attributes)
        => attributes.OfType<ITraitAttribute>().SelectMany(attribute => attribute.GetTraits())
            .Where(trait => trait.Key == "Case").Select(trait => trait.Value);

    private static string FirstDifference(string there, string page)
        => page.Split('\n').Except(there.Split('\n')).FirstOrDefault("(one line less)");

    private string Write()
    {
        StringBuilder page = new();
        page.Append(
            """
            # Conformance cases

            Written by the tests, see `Meta/CasesTests.cs`; edit `Meta/cases.txt`, `Meta/cases-elsewhere.txt` and the
            tests' `[Cases]` instead. Every case has the tests that cover it, or why there is none here.

            """);
        foreach (IGrouping<string, CaseLine> family in _catalogue.GroupBy(line => line.Heading))
        {
            page.Append('\n').Append("## ").Append(family.Key).Append("\n\n| Case | What | Where |\n|---|---|---|\n");
            foreach (CaseLine line in family)
            {
                foreach ((int first, int last, string where) in InRows(line))
                {
                    string ids = CaseLine.Id(line.Family, first)
                        + (last == first ? "" : $" to {CaseLine.Id(line.Family, last)}");
                    page.Append(CultureInfo.InvariantCulture, $"| {ids} | {line.Text} | {where} |\n");
                }
            }
        }

        return page.ToString();
    }

    /// <summary>Neighbours that say the same share a row.</summary>
    private List<(int First, int Last, string Where)> InRows(CaseLine line)
    {
        List<(int First, int Last, string Where)> rows = [];
        for (int number = line.First; number <= line.Last; number++)
        {
            string where = WhereIs(CaseLine.Id(line.Family, number));
            if (rows is [.., (int First, int Last, string Where) previous] && previous.Where == where)
            {
                rows[^1] = previous with { Last = number };
            }
            else
            {
                rows.Add((number, number, where));
            }
        }

        return rows;
    }

    private string WhereIs(string id)
    {
        if (_tests.TryGetValue(id, out SortedSet<string>? names))
        {
            return string.Join("<br>", names.Select(name => $"`{name}`"));
        }

        return _elsewhere.TryGetValue(id, out string? why) ? $"not here: {why}" : "**nowhere**";
    }
}
