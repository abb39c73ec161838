import CConvKernels
import ConvEngine
import Testing

@Suite struct InstructionSetTests {
  @Test("the baseline is always there, and the level in use is one of those available")
  func available() {
    #expect(InstructionSet.available.first == .baseline)
    #expect(InstructionSet.available.contains(.current))
  }

  @Test("every level has a name and a code of its own", arguments: InstructionSet.allCases)
  func names(set: InstructionSet) {
    #expect(InstructionSet(set.code) == set)
    #expect(String(cString: conv_instruction_set_name(set.code)) == set.rawValue)
  }
}
