using System.Globalization;
using McpWorkflows.Agents.OpenAI;
using McpWorkflows.Agents.Providers;

namespace McpWorkflows.Agents.Faults;

/// <summary>Turns what a chat client throws into a <see cref="Fault"/>. Scripts match the causes by pattern.</summary>
/// <param name="provider">Who failed, for messages.</param>
/// <param name="model">The model's name, for messages.</param>
internal sealed class FaultClassifier(ProviderClient provider, string model, AgentHostOptions options)
{
    private const int Overloaded = 529;

    public Fault Classify(Exception exception) => TransportFaults.From(exception) switch
    {
        { Fault: ModelRequestFault.Unreachable } fault => new Fault(
            $"No model server answers at {provider.ShownAs}: {fault.Message}. Check that it runs and that {provider.UrlName} is right.", FaultKind.Transient)
        {
            IsUnreachable = true,
        },
        { Fault: ModelRequestFault.Broken } fault => new Fault(
            $"The answer of {provider.ShownAs} broke off: {fault.Message}. Check the network and the model server's log, then resume.", FaultKind.Transient),
        { Fault: ModelRequestFault.Garbled } fault => new Fault(
            $"The answer of {provider.ShownAs} cannot be read: {fault.Message}. Check that {provider.UrlName} names {(provider.Provider?.Settings.Kind == ProviderKind.Anthropic ? "Anthropic's API" : "an OpenAI-compatible endpoint; it usually ends with /v1")}.",
            FaultKind.Transient),
        { } fault => ClassifyAnswer(fault),
        null => Terminal(
            ErrorReader.Clean($"The request to {provider.ShownAs} failed: {exception.GetType().Name}: {exception.Message}", null) + " Check the model's name and its endpoint, then resume."),
    };

    /// <param name="withPulse">The connection was kept alive, but brought nothing.</param>
    public Fault Stalled(TimeSpan silence, bool withPulse) => new(
        $"The model {model} at {provider.ShownAs} stalled: {(withPulse ? "nothing but keep-alives" : "no sign of life")} for {silence.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s. "
        + "Check that the server is not stuck or too busy; give the agent a larger stallMs or a smaller task, then resume.",
        FaultKind.Stall);

    private Fault ClassifyAnswer(ModelRequestException answer)
    {
        var status = answer.Status is { } known ? (int)known : StatusOf(answer.Code);
        var said = answer.Message.Length > 0 ? $" ({status}: {answer.Message})" : $" ({status})";
        var (retryAfter, limits) = (answer.RetryAfter, answer.Limits);
        return status switch
        {
            402 => Quota(answer, $"The quota or spending limit of {provider.ShownAs} is used up{said}. Top it up, then resume."),
            400 or 403 or 429 when IsQuota(answer) => Quota(answer, $"The quota of {provider.ShownAs} is used up, its limit is reached{said}. Raise the limit or wait for its reset, then resume."),
            429 when retryAfter > options.LongestPause => Quota(
                answer, $"The rate limit of {provider.ShownAs} is reached{said}, and no quota is left before {Clock(options.Time.GetUtcNow() + retryAfter.Value)}. Wait for that, then resume."),
            429 => new Fault($"The rate limit of {provider.ShownAs} is reached{said}. Wait, then resume; a higher limit or another model helps for good.", FaultKind.RateLimit) { RetryAfter = retryAfter, Limits = limits },
            503 or Overloaded => new Fault($"{provider.ShownAs} is overloaded or not available{said}. Wait, then resume; or choose another model.", FaultKind.Overload) { RetryAfter = retryAfter, Limits = limits },
            401 => Terminal($"{provider.ShownAs} does not accept the API key{said}. Check {provider.KeyName}."),
            403 => Terminal($"{provider.ShownAs} denies access{said}. Check what {provider.KeyName} may use."),
            404 => Terminal($"{provider.ShownAs} does not have the model {model}, or {provider.UrlName} is wrong{said}. Check both."),
            408 or 409 or >= 500 => new Fault($"{provider.ShownAs} failed{said}. The fault lies there: see its log or status page, then resume.", FaultKind.Transient) { RetryAfter = retryAfter },
            400 or 422 => Terminal($"{provider.ShownAs} refused the request{said}. Read what it says: the model may lack what the script asks for, or the task is too long for it.") with { RefusedForm = answer.Message },
            413 => Terminal($"The request is too large for {provider.ShownAs}{said}. Give the agent a smaller task."),
            >= 300 and < 400 => Terminal($"{provider.ShownAs} redirects elsewhere{said}. Set {provider.UrlName} to the final address."),
            _ => Terminal($"{provider.ShownAs} refused the request{said}. Check the model's name and {provider.UrlName}."),
        };
    }

    /// <summary>Within a stream the status is past; the code may say what it would have been.</summary>
    private static int StatusOf(string? code) => code switch
    {
        _ when int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 400 and < 600 => number,
        _ when Says(code, "rate_limit") || Says(code, "insufficient_quota") => 429,
        _ when Says(code, "overloaded") => Overloaded,
        _ when Says(code, "invalid_request") || Says(code, "context_length") => 400,
        _ => 500,
    };

    private static bool IsQuota(ModelRequestException answer) =>
        Says(answer.Code, "insufficient_quota") || Says(answer.Code, "billing") || Says(answer.Code, "usage_limit")
        || Says(answer.Message, "exceeded your current quota") || Says(answer.Message, "usage limit") || Says(answer.Message, "credit balance is too low")
        || Says(answer.Message, "spending limit") || Says(answer.Message, "spend limit");

    private Fault Quota(ModelRequestException answer, string cause)
    {
        var now = options.Time.GetUtcNow();
        var at = answer.RetryAfter is { } wait ? now + wait : QuotaReset.Find(answer.Message, now);
        return new Fault(cause, FaultKind.Quota) { RetryAt = at, Limits = answer.Limits };
    }

    private static string Clock(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static bool Says(string? text, string words) => text?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;

    private static Fault Terminal(string cause) => new(cause, FaultKind.Terminal);
}
