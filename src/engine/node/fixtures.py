import onnx, base64, numpy as np
from onnx import helper as h, TensorProto as T, numpy_helper as nh
def model(nodes, ins, outs, inits=()):
    g=h.make_graph(nodes,'g',[h.make_tensor_value_info(n,t,s) for n,t,s in ins],[h.make_tensor_value_info(n,t,s) for n,t,s in outs],list(inits))
    m=h.make_model(g,opset_imports=[h.make_opsetid('',20)],ir_version=9); m.producer_name=''
    onnx.checker.check_model(m)
    return base64.b64encode(m.SerializeToString()).decode()
N=h.make_node
F,D,I,L,B=T.FLOAT,T.DOUBLE,T.INT32,T.INT64,T.BOOL
fx={}
fx['add']=('z = x + y, float32 [a, b]', model([N('Add',['x','y'],['z'])],[('x',F,['a','b']),('y',F,['a','b'])],[('z',F,['a','b'])]))
fx['matMul']=('z = x [n, k] · y [k, m], float32; s = Σ z, a scalar', model([N('MatMul',['x','y'],['z']),N('ReduceSum',['z'],['s'],keepdims=0)],[('x',F,['n','k']),('y',F,['k','m'])],[('z',F,['n','m']),('s',F,[])]))
fx['types']=('Every dtype through an operation: d + d, i + i, l + l, not b', model([N('Add',['d','d'],['d2']),N('Add',['i','i'],['i2']),N('Add',['l','l'],['l2']),N('Not',['b'],['b2'])],[('d',D,['n']),('i',I,['n']),('l',L,['n']),('b',B,['n'])],[('d2',D,['n']),('i2',I,['n']),('l2',L,['n']),('b2',B,['n'])]))
fx['scalarLength']=('z = x · factor, with factor float32 []; length = shape of x, int64 [1]', model([N('Mul',['x','factor'],['z']),N('Shape',['x'],['length'])],[('x',F,['n']),('factor',F,[])],[('z',F,['n']),('length',L,[1])]))
one=nh.from_array(np.array(1,np.int64),'one')
fx['gather']=('rows = table [v, d] at ids int64 [n]', model([N('Gather',['table','ids'],['rows'])],[('table',F,['v','d']),('ids',L,['n'])],[('rows',F,['n','d'])]))
body=h.make_graph([N('MatMul',['state_in','w'],['p']),N('Tanh',['p'],['state_out']),N('Identity',['cond_in'],['cond_out'])],'body',[h.make_tensor_value_info('i',L,[]),h.make_tensor_value_info('cond_in',B,[]),h.make_tensor_value_info('state_in',F,['n','n'])],[h.make_tensor_value_info('cond_out',B,[]),h.make_tensor_value_info('state_out',F,['n','n'])])
fx['slow']=('state = tanh(state · w), steps times: as slow as asked', model([N('Loop',['steps','','state','w_unused'][:3],['last'],body=body)],[('steps',L,[]),('state',F,['n','n']),('w',F,['n','n'])],[('last',F,['n','n'])]))
k=40
fx['forty']=('z0 … z39 = x0 … x39 + 1, float32 [n]: many inputs and outputs', model([N('Add',[f'x{i}','one'],[f'z{i}']) for i in range(k)],[(f'x{i}',F,['n']) for i in range(k)],[(f'z{i}',F,['n']) for i in range(k)],[nh.from_array(np.ones((),np.float32),'one')]))
fx['st']=('', model([N('MatMul',['x','w'],['product']),N('Add',['product','b'],['sum'])],[('x',F,['n','k']),('w',F,['k','m']),('b',F,['m'])],[('product',F,['n','m']),('sum',F,['n','m'])]))
out="/**\n * Small ONNX models (opset 20), base64, made with the `onnx` Python package. What each computes stands beside it.\n */\nexport const fixtures = {\n"
for n,(d,b) in fx.items():
    if n=='st': continue
    out+=f"  /** {d}. */\n  {n}:\n"
    parts=[b[i:i+100] for i in range(0,len(b),100)]
    out+="    "+" +\n    ".join("'"+p+"'" for p in parts)+",\n"
out+="} as const;\n"
open(__file__.replace('.py', '.ts'),'w').write(out)
