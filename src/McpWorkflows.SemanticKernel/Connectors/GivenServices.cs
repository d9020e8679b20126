using System.Collections.Concurrent;
using McpWorkflows.SemanticKernel.Chat;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace McpWorkflows.SemanticKernel.Connectors;

/// <summary>The chat services of a kernel that was handed in, by their ids.</summary>
internal sealed class GivenServices(Kernel kernel)
{
    /// <summary>Stands for the kernel's own choice.</summary>
    public const string Default = "default";

    // Its plugins are offered with each request, and not twice.
    private readonly Kernel _services = new(kernel.Services, []);
    private readonly ConcurrentDictionary<string, KernelModel> _models = new(StringComparer.Ordinal);

    public static bool AnyIn(Kernel kernel) => kernel.GetAllServices<IChatCompletionService>().Any() || kernel.GetAllServices<IChatClient>().Any();

    public KernelModel Find(string model) => _models.GetOrAdd(model, name =>
    {
        var keyed = (_services.Services as IKeyedServiceProvider)?.GetKeyedService(typeof(IChatCompletionService), name) as IChatCompletionService;
        var service = keyed ?? _services.GetAllServices<IChatCompletionService>().FirstOrDefault();
        return new KernelModel(_services, keyed is null ? null : name, keyed is null && name != Default ? name : null)
        {
            IsOpenAI = service is OpenAIChatCompletionService || service?.GetType().Name.Contains("OpenAI", StringComparison.Ordinal) == true,
        };
    });
}
