// What a run is told.
using System.Globalization;
using Zerocopy.Soak.Scenarios;

namespace Zerocopy.Soak;

/// <param name="Minutes">How long new rounds begin.</param>
/// <param name="Seed">Of every choice of every worker.</param>
/// <param name="Workers">How many rounds run at once.</param>
/// <param name="Only">One kind of scenario alone; null: all.</param>
/// <param name="Round">The printed seed of one round, to run that alone, again and again; null: none.</param>
internal sealed record SoakOptions(double Minutes, ulong Seed, int Workers, string? Only, ulong? Round)
{
    /// <summary>They wait for slow peers most of the time; two cores are well busy with so many.</summary>
    private const int WorkersDefault = 64;

    internal static string Usage => $"""
        Soak --minutes M [--seed S] [--workers N] [--only KIND [--round SEED]]
        kinds: {string.Join(", ", Scenario.All.Select(scenario => scenario.Name))}
        """;

    /// <returns>Null for what nobody understands.</returns>
    internal static SoakOptions? Parse(string[] args)
    {
        SoakOptions options = new(0, (ulong)Random.Shared.NextInt64(), WorkersDefault, null, null);
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            string value = args[i + 1];
            switch (args[i])
            {
                case "--minutes" when double.TryParse(value, CultureInfo.InvariantCulture, out double minutes):
                    options = options with { Minutes = minutes };
                    break;
                case "--seed" when ulong.TryParse(value, out ulong seed):
                    options = options with { Seed = seed };
                    break;
                case "--workers" when int.TryParse(value, out int workers) && workers > 0:
                    options = options with { Workers = workers };
                    break;
                case "--only" when Scenario.All.Any(scenario => scenario.Name == value):
                    options = options with { Only = value };
                    break;
                case "--round" when ulong.TryParse(value, NumberStyles.HexNumber, null, out ulong round):
                    options = options with { Round = round };
                    break;
                default:
                    return null;
            }
        }

        bool isRound = options.Round is null || options.Only is not null;
        return args.Length % 2 == 0 && options.Minutes > 0 && isRound ? options : null;
    }
}
