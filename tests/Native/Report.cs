// The report that eng/report.sh judges: as much of xUnit.net's XML as it reads.
using System.Globalization;
using System.Xml.Linq;

namespace Zerocopy.Native;

internal sealed class Report(string file, bool tellsEach)
{
    private readonly List<XElement> _tests = [];

    internal int Passed { get; private set; }

    internal int Failed { get; private set; }

    internal int Skipped { get; private set; }

    internal void Pass(Case test, double seconds)
    {
        Passed++;
        Add(test, "Pass", seconds);
    }

    internal void Skip(Case test, string why)
    {
        Skipped++;
        Add(test, "Skip", 0).Add(new XElement("reason", why));
    }

    internal void Fail(Case test, double seconds, Exception failure)
    {
        Failed++;
        Console.WriteLine($"FAIL {test.Name}\n{failure}");
        Add(test, "Fail", seconds);
    }

    /// <summary>Writes the file.</summary>
    /// <returns>The exit code.</returns>
    internal int Close()
    {
        new XElement("assemblies", new XElement(
            "assembly",
            new XAttribute("passed", Passed),
            new XAttribute("failed", Failed),
            new XAttribute("skipped", Skipped),
            _tests)).Save(file);
        Console.WriteLine($"{Passed} of {_tests.Count} tests passed, {Failed} failed, {Skipped} were skipped");
        return Failed == 0 && Passed > 0 ? 0 : 1;
    }

    private XElement Add(Case test, string result, double seconds)
    {
        XElement element = new(
            "test",
            new XAttribute("name", test.Name),
            new XAttribute("type", test.Type),
            new XAttribute("method", test.Method.Name),
            new XAttribute("result", result),
            new XAttribute("time", seconds.ToString("F3", CultureInfo.InvariantCulture)));
        _tests.Add(element);
        if (tellsEach)
        {
            Console.WriteLine($"{result} {test.Name} {seconds:F1} s");
        }

        return element;
    }
}
