using System.Globalization;

namespace Zerocopy;

/// <summary>A number among the AppContext settings.</summary>
internal static class AppSetting
{
    /// <param name="name">The setting.</param>
    /// <param name="value">What AppContext has. A runtimeconfig.json makes everything a text; AppContext.SetData takes
    /// what it is given.</param>
    /// <param name="least">The smallest that it may be.</param>
    /// <param name="most">The largest.</param>
    /// <param name="mustBe">Both, in words.</param>
    /// <returns>Null if it is not set.</returns>
    /// <exception cref="InvalidOperationException">It is no such number.</exception>
    internal static long? Parse(string name, object? value, long least, long most, string mustBe)
    {
        if (value is null)
        {
            return null;
        }

        bool isNumber = long.TryParse(
            Convert.ToString(value, CultureInfo.InvariantCulture),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out long number);
        return isNumber && number >= least && number <= most
            ? number : throw ThrowHelper.BadSetting(name, value, mustBe);
    }
}
