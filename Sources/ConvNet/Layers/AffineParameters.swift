/// The weights of a layer and, where it has one, the bias, with their gradients.
struct AffineParameters {
  let weights: Values
  let bias: Values?
  let weightGradient: MutableValues
  let biasGradient: MutableValues?

  // Safety: the compiled network holds the memory of all its parameters.
  init(_ step: StepPlan, hasBias: Bool, _ site: CompilationSite) {
    let slots = step.node.slots
    weights = Values(site.value(slots[0]))
    weightGradient = site.gradient(slots[0])
    bias = hasBias ? Values(site.value(slots[1])) : nil
    biasGradient = hasBias ? site.gradient(slots[1]) : nil
  }
}
